"""The stewards' desk: its look, its dates, and that lists of others are dressed as ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.utils import timezone
from unfold.admin import ModelAdmin

from projects.models import Project
from projects.tests.factories import a_project, a_source

pytestmark = pytest.mark.django_db


def test_every_list_of_the_admin_has_the_one_look():
    assert [type(each) for each in admin.site._registry.values() if not isinstance(each, ModelAdmin)] == []


def test_a_day_is_written_as_in_south_africa(admin_client):
    a_source()
    project = a_project()
    Project.objects.filter(pk=project.pk).update(last_changed_at=datetime(2026, 11, 8, 22, 30, tzinfo=UTC))
    listed = admin_client.get("/admin/projects/project/").content.decode()
    assert "9 November 2026, 00:30" in listed
    assert timezone.get_default_timezone_name() == "Africa/Johannesburg"


def test_the_sidebar_has_what_somebody_may_see(admin_client, client, django_user_model):
    assert "/admin/projects/override/" in admin_client.get("/admin/").content.decode()
    client.force_login(django_user_model.objects.create_user("nobody", password="x", is_staff=True))
    page = client.get("/admin/").content.decode()
    assert "/admin/projects/override/" not in page


def test_no_page_of_the_admin_has_a_script_in_it(admin_client):
    a_source()
    project = a_project()
    for path in ("", "projects/project/", f"projects/project/{project.pk}/change/", "projects/override/add/"):
        page = admin_client.get(f"/admin/{path}").content.decode()
        assert all(' src="' in tag for tag in re.findall(r"<script\b(?![^>]*json)[^>]*>", page)), path
        assert not re.search(r"<[^>]*\son[a-z]+\s*=", page), path


@pytest.mark.parametrize("number", ["%00", "x", "99999999999999999999", "%D9%A3"])
def test_a_form_begins_empty_where_a_link_brings_no_number(admin_client, number):
    project = a_project()
    for address, name in (("override", "project"), ("merge", "merged"), ("merge", "survivor")):
        page = admin_client.get(f"/admin/projects/{address}/add/?{name}={number}")
        assert page.status_code == 200
        page = admin_client.get(f"/admin/projects/{address}/add/?{name}={project.pk}").content.decode()
        assert f'<option value="{project.pk}" selected' in page
