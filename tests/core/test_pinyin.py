"""The dictionary of sounds is large, so that a process opens it at its first use and never before."""

import subprocess
import sys

from app.core.pinyin import syllables
from config.settings import PROJECT


def test_the_application_starts_without_the_dictionary_of_sounds() -> None:
    asked = "import app.factory, sys; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, check=False).returncode == 0


def test_phrases_sound_as_a_whole() -> None:
    assert syllables("重庆路小学") == ["chong", "qing", "lu", "xiao", "xue"]
