"""URLs of the whole site."""

from django.contrib import admin
from django.urls import include, path

handler404 = "projects.pages.missing.not_found"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("etl.urls")),
    path("", include("projects.urls")),
]
