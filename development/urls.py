from django.urls import path

from development.views import inbox
from development.views.demo_sign_in import DemoSignIn

app_name = "development"
urlpatterns = [
    path("brevlada/", inbox.message_list, name="inbox"),
    path("brevlada/<str:key>/", inbox.html_tab, name="message"),
    path("brevlada/<str:key>/text/", inbox.text_tab, name="message_text"),
    path("brevlada/<str:key>/kalla/", inbox.source_tab, name="message_source"),
    path("brevlada/<str:key>/html/", inbox.html_part, name="message_html"),
    path("demo/<int:pk>/", DemoSignIn.as_view(), name="demo_sign_in"),
]
