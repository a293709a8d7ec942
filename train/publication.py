"""Publishing a finished model on the Hugging Face hub: ``push_to_hub`` of a training config.

`Trainer` would push its `output_dir` at every save, checkpoints and all, with a card of its own.
Here the finished folder is uploaded once, after training, with canbo's card.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from canbo.data.errors import UserError
from canbo.train.arguments import ConfigError
from canbo.train.resume import STARTED_WITH_FILE

if TYPE_CHECKING:
    from transformers import TrainingArguments

__all__ = ["Publication", "PublicationError", "WriteCard", "plan_publication"]

# Gives a finished folder its card: the folder and the model's hub id. Cards are made in eval/,
# which this room does not import.
WriteCard = Callable[[Path, str], object]

# Checkpoints, encoded data and logs stand in folders; the two files are for continuing the run.
_NOT_THE_MODEL = ("*/*", "training_args.bin", STARTED_WITH_FILE)


class PublicationError(UserError):
    """A finished model could not be uploaded; the message names the folder and the remedy."""


@dataclass(frozen=True)
class Publication:
    """Where a model goes once it is finished.

    Attributes:
        hub_id: ``owner/name``, or ``name`` for the token's own account.
        token: of an account that may write there.
        private: of a repository that is made for it; None leaves that to the account's default.
        revision: branch; None for the main one.
        write_card: gives the folder its card.
    """

    hub_id: str
    token: str
    private: bool | None
    revision: str | None
    write_card: WriteCard

    def publish(self, folder: Path) -> None:
        """Write the card of a finished model and upload its folder.

        Args:
            folder: of the model; folders in it, such as checkpoints, are left out.

        Raises:
            PublicationError: the upload failed; the folder is complete all the same.
        """
        self.write_card(folder, self.hub_id)
        try:
            self._upload(folder)
        # The client's errors have no base of their own, and no error may hide that hours of
        # training are safe.
        except Exception as error:
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            raise PublicationError(
                f"{folder} is finished and kept, but was not uploaded to {self.hub_id} ({reason});"
                " the same command goes on from its last checkpoint and uploads it, as does:"
                f" {self._command(folder)}"
            ) from error

    def _upload(self, folder: Path) -> None:
        from huggingface_hub import HfApi

        api = HfApi(token=self.token)
        made = api.create_repo(self.hub_id, private=self.private, exist_ok=True)
        if self.revision:
            api.create_branch(made.repo_id, branch=self.revision, exist_ok=True)
        api.upload_folder(
            repo_id=made.repo_id,
            folder_path=folder,
            revision=self.revision,
            ignore_patterns=list(_NOT_THE_MODEL),
            commit_message="Model trained with canbo",
        )
        print(f"{folder} -> {made}")

    def _command(self, folder: Path) -> str:
        command = ["hf", "upload", self.hub_id, str(folder)]
        for pattern in _NOT_THE_MODEL:
            command += ["--exclude", pattern]
        if self.private:
            command.append("--private")
        if self.revision:
            command += ["--revision", self.revision]
        return shlex.join(command)


def plan_publication(
    training_args: TrainingArguments, write_card: WriteCard | None
) -> Publication | None:
    """Take ``push_to_hub`` over from `Trainer`; refuse now what would fail after training.

    Args:
        training_args: changed in place: `Trainer` is left nothing to push, and no token that it
            would write into its checkpoints.
        write_card: gives a finished folder its card; None for jobs whose results have none.

    Returns:
        What to do at the end; None without ``push_to_hub``. Nothing is asked of the network here.

    Raises:
        ConfigError: the repository or the token is missing, or the job publishes nothing.
    """
    if not training_args.push_to_hub:
        return None
    if write_card is None:
        raise ConfigError(
            "push_to_hub: only canbo train classifier and canbo train summarizer publish their"
            " model; leave it out, and upload the finished folder with hf upload"
        )
    from huggingface_hub import get_token
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]
    from transformers.trainer_utils import HubStrategy

    hub_id = training_args.hub_model_id
    if not hub_id:
        raise ConfigError("hub_model_id: push_to_hub needs it; give --hub_model_id OWNER/NAME")
    try:
        validate_repo_id(hub_id)
    except ValueError as error:
        raise ConfigError(f"hub_model_id: {error}; give OWNER/NAME") from error
    if training_args.hub_strategy in (HubStrategy.CHECKPOINT, HubStrategy.ALL_CHECKPOINTS):
        raise ConfigError("hub_strategy: checkpoints are not pushed; leave it out")
    token = training_args.hub_token or get_token()
    if not token:
        raise ConfigError(
            "hub_token: push_to_hub finds no token; run hf auth login, set HF_TOKEN, or give"
            " --hub_token TOKEN"
        )
    training_args.push_to_hub = False
    training_args.hub_token = None
    return Publication(
        hub_id, token, training_args.hub_private_repo, training_args.hub_revision, write_card
    )
