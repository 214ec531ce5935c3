from website.forms.search import SearchForm

__all__ = ["SearchForm"]
