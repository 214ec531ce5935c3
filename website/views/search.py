from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from website.forms import SearchForm
from website.search import Search


class SearchView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        form = SearchForm(request.GET)
        if not form.is_valid():
            words = request.GET.get("q", "").replace("\x00", "")
            return render(request, "website/search.html", {"form": form, "words": words}, status=400)
        words = form.cleaned_data["q"]
        return render(
            request, "website/search.html", {"form": form, "words": words, "search": Search(words) if words else None}
        )
