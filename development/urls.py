from django.urls import path

from development.views.demo_sign_in import DemoSignIn

app_name = "development"
urlpatterns = [
    path("demo/<int:pk>/", DemoSignIn.as_view(), name="demo_sign_in"),
]
