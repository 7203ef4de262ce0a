#!/bin/sh
# Puts the program into this user's menu and lets .epm files open with it; --remove takes both away again.
set -eu
program=$(dirname "$(readlink -f "$0")")
share=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$share/applications/epm-desk.desktop
kind=$share/mime/packages/epm-desk.xml

if [ "${1:-}" = "--remove" ]; then
    rm -f "$entry" "$kind" "$share"/icons/hicolor/*/apps/epm-desk.png "$share"/icons/hicolor/*/mimetypes/epm-file.png
    told="已取消登记，程序和数据都还在。"
else
    mkdir -p "${entry%/*}" "${kind%/*}"
    # a desktop entry has four characters marked in a quoted command, and every mark once more
    quoted=$(printf '%s' "$program/epm-desk" |
        sed -e 's/\\/\\\\\\\\/g' -e 's/["`$]/\\\\&/g' -e 's/%/%%/g' -e 's/[&|\\]/\\&/g')
    sed "s|^Exec=.*|Exec=\"$quoted\" %f|" "$program/share/epm-desk.desktop" >"$entry"
    cp "$program/share/epm-desk.xml" "$kind"
    for size in 16 24 32 48 64 128 256; do
        folder=$share/icons/hicolor/${size}x${size}
        mkdir -p "$folder/apps" "$folder/mimetypes"
        cp "$program/lib/resources/icons/epm-desk-$size.png" "$folder/apps/epm-desk.png"
        cp "$program/lib/resources/icons/epm-file-$size.png" "$folder/mimetypes/epm-file.png"
    done
    told="已登记：开始菜单里有“工程项目管理台”，双击 .epm 文件用它打开。请不要移动本文件夹；移动后再运行一次即可。"
fi
# desktops look for changes themselves, sooner or later; these make it sooner
if command -v update-desktop-database >/dev/null; then update-desktop-database "$share/applications" || true; fi
if command -v update-mime-database >/dev/null; then update-mime-database "$share/mime" || true; fi
echo "$told"
