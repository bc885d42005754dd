#!/usr/bin/env bash
# A Hugging Face Space from this clone: stages exactly what a Space needs, looks whether the Hub takes it, and uploads.
#   recipes/space.sh USER/NAME          stage, check, upload (first: .venv/bin/hf auth login)
#   recipes/space.sh --stage FOLDER     stage and check only
# A plain `git push` is refused there: weights lie in the history, and the Hub wants large files by its own way.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf 'space.sh: %s\n' "$*"; }
die() { say "$*" >&2; exit 2; }
PARTS=(app.py requirements.txt README.md LICENSE NOTICE SECURITY.md genai_demo checkpoints docs)

case ${1:-} in
  --stage) folder=${2:?the folder to stage in}; target= ;;
  */*) target=$1; folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT ;;
  *) sed -n '2,5p' "$0" | sed 's/^# //'; exit 2 ;;
esac

[ -z "$(git status --porcelain -- "${PARTS[@]}")" ] || die "there are changes that are not committed; what is staged is HEAD"
mkdir -p "$folder"
git archive HEAD -- "${PARTS[@]}" | tar -x -C "$folder"

# The Hub's rules for the head of README.md (hub-docs, spaces-config-reference.md) and for sizes.
head=$(sed -n '2,/^---$/p' "$folder/README.md")
field() { sed -n "s/^$1: *//p" <<<"$head" | tr -d '"'; }
[ "$(head -n 1 "$folder/README.md")" = --- ] || die "README.md must begin with its settings between two lines of ---"
[ "$(field sdk)" = gradio ] || die "sdk must be gradio"
[ "gradio==$(field sdk_version)" = "$(grep '^gradio==' "$folder/requirements.txt")" ] || die "sdk_version and requirements.txt ask for two versions of Gradio"
[ -f "$folder/$(field app_file)" ] || die "app_file names no file"
case $(field python_version) in 3.10|3.12) ;; *) die "python_version must be 3.10 or 3.12: ZeroGPU has no other" ;; esac
short=$(field short_description); [ ${#short} -le 60 ] || die "short_description has ${#short} characters, and 60 are possible"
for colour in "$(field colorFrom)" "$(field colorTo)"; do
  grep -qw "$colour" <<<"red yellow green blue indigo purple pink gray" || die "there is no colour $colour on the Hub"
done
big=$(find "$folder" -type f -size +10M); [ -z "$big" ] || die "larger than 10 MB: $big"
size=$(du -sm "$folder" | cut -f1); [ "$size" -le 1000 ] || die "$size MB are more than a free Space holds"
say "$(find "$folder" -type f | wc -l) files, $size MB, staged"

[ -n "$target" ] || exit 0
hf=hf; [ -x .venv/bin/hf ] && hf=.venv/bin/hf
"$hf" repos create "$target" --type space --sdk gradio --exist-ok
"$hf" upload "$target" "$folder" . --repo-type space --delete "*" --commit-message "$(git log -1 --format='%h %s')"
say "https://huggingface.co/spaces/$target"
