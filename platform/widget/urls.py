"""Paths below ``/widget/``."""

from django.urls import path

from widget import views

app_name = "widget"
urlpatterns = [
    path("upload.js", views.script, name="script"),
    path("demo", views.demo, name="demo"),
]
