# shellcheck shell=bash
# Sourced by run.sh, test.sh and clean.sh, with the project's folder as working directory.

# Creates .local. Fails with an explanation when another user owns something in .local or .build: without this check the first
# sign would be a "Permission denied" in the middle of a run.
#
#   own_folder "make run"
own_folder() {
    local foreign owner
    foreign=$(find .build .local -maxdepth 3 ! -type l ! -uid "$(id -u)" ! -writable -print -quit 2>/dev/null || true)
    if [ -n "$foreign" ]; then
        owner=$(stat -c %U "$foreign")
        {
            echo "$1: $foreign belongs to $owner, and $(id -un) may not write there."
            echo "Go on as $owner, or delete what that user's runs made and start again:"
            echo
            if [ "$owner" = root ]; then echo "    sudo make clean"; else echo "    sudo -u $owner make clean"; fi
            echo
        } >&2
        exit 1
    fi
    mkdir -p .local || { echo "$1: $(id -un) may not write in $PWD" >&2; exit 1; }
}
