import pytest

pytest.register_assert_rewrite("vitrina_orchestrator.testing.runtime_contract")
