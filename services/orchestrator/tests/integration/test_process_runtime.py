import asyncio
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import psutil
import pytest
from vitrina_orchestrator.adapters.log_file import rotate, tail_of
from vitrina_orchestrator.adapters.process_folder import ProcessFolder
from vitrina_orchestrator.adapters.process_runtime import ProcessRuntime
from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.use_cases.ports import Runtime

from ..runtime_contract import NAME, RuntimeContract, config, eventually, spec
