"""The pages, and the read API below `api/v1/`."""

from django.urls import include, path, re_path

from projects.pages import changes, dashboard, discrepancies, municipalities, projects, sources
from projects.pages import probes as health

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("projects/", projects.project_list, name="projects"),
    path("projects/<int:pk>/", projects.project_page, name="project"),
    path("municipalities/", municipalities.municipality_list, name="municipalities"),
    path("municipalities/<slug:code>/", municipalities.municipality_page, name="municipality"),
    path("changes/", changes.change_list, name="changes"),
    path("changes/heads.txt", changes.heads_text, name="heads"),
    path("changes/feed.atom", changes.ChangeFeed(), name="feed"),
    path("changes/<int:pk>/", changes.change_page, name="change"),
    path("discrepancies/", discrepancies.discrepancy_list, name="discrepancies"),
    path("discrepancies/<int:pk>/", discrepancies.discrepancy_page, name="discrepancy"),
    path("sources/", sources.source_list, name="sources"),
    path("sources/<slug:name>/", sources.source_page, name="source"),
    path("runs/<int:pk>/", sources.run_page, name="run"),
    re_path(r"^snapshots/(?P<sha256>[0-9a-f]{64})/$", sources.snapshot_page, name="snapshot"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/v1/", include("projects.api.urls")),
]
