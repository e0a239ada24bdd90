"""Alert rules and their routes: the templates of `infra/`, filled in for an installation."""
