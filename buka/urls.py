"""URLs of the whole site."""

from django.contrib import admin
from django.urls import include, path

from buka import second_factor

handler404 = "projects.pages.missing.not_found"
urlpatterns = [
    path("admin/", include(second_factor.urls())),
    path("admin/", admin.site.urls),
    path("", include("etl.urls")),
    path("", include("projects.urls")),
]
