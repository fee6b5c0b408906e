"""`python -m dicom_node`: the DICOM node alone, with settings from the environment."""

from dicom_node.main import serve
from teleconsult import closed
from teleconsult.logs import to_stdout
from teleconsult.settings import Settings

if __name__ == "__main__":
    to_stdout()
    with closed.files():
        serve(Settings.from_env())
