# The installer for Windows: per user, in Chinese, and nothing half-installed.
#
# installer.py starts makensis with one definition, DEFINES: a file that it wrote, which holds names, version, sizes
# and places (its own docstring lists them). The same script is made by makensis on Windows and on Linux.
#
# Switches: /S silent, /D=folder (last, without quotation marks), /NODESKTOP, /DOWNGRADE, /? ;
# of the uninstaller: /S, /DELETEDATA.
# Exit codes: 0 done, 1 cancelled, 2 refused or failed. Nothing was changed then, but for two cases, which say so: the
# old version could not be put back after a failed exchange (the next run of the installer does that), and the
# uninstaller could not delete the program itself after other files had gone. What was said stands in
# %TEMP%\epm-desk-setup.log.

Unicode true
!if /FileExists "${NSISDIR}/Stubs/lzma_solid-amd64-unicode"
  Target amd64-unicode # a 32-bit Windows does not even start this one; RefuseSystem's words for it are for the other
!else # NSIS as it is published for Windows brings the smaller stub alone
  Target x86-unicode
!endif
!include "${DEFINES}"

SetCompressor /SOLID lzma
SetCompressorDictSize 32
CRCCheck force
AllowSkipFiles off
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS all
Name "${TITLE}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "${TITLE} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "WinVer.nsh"
!include "WordFunc.nsh"
!include "x64.nsh"
!include "Integration.nsh"
!include "Win\COM.nsh"
!include "Win\Propkey.nsh"

!define RETIRED "~old"  # in the program's folder: the old version while the new one, unpacked in STAGED, takes its place
!define LOG "$TEMP\${NAME}-setup.log"
!define TYPE "${NAME}.data"
!define DATA "$LOCALAPPDATA\${NAME}"  # where the program keeps its data: desktop/store/places.py

Var Against        # what stands against it, in words; empty if nothing does
Var Held           # a file of an installed copy that is in use; empty if none is
Var Folder         # what a function is to work in
Var List           # the list of files that a function goes by
Var Ground         # the innermost folder of the target's path that is there already
Var Registered     # where the copy lies that Windows knows of; empty if there is none
Var FormerVersion  # its version
Var Former         # the same place where it is not the target
Var Unmended       # what could not be put back after a failed exchange, in words; empty if nothing
Var Aftermath      # what is to be known once it has failed, in words
Var Present        # what the first page says of it
Var OnDesktop      # 1 where a shortcut is wanted on the desktop
Var DesktopBox

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_HEADERIMAGE
!define MUI_HEADERIMAGE_BITMAP "${HEADER_PICTURE}"
!define MUI_HEADERIMAGE_RIGHT
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDE_PICTURE}"
!define MUI_UNWELCOMEFINISHPAGE_BITMAP "${SIDE_PICTURE}"
!define MUI_ABORTWARNING
!define MUI_CUSTOMFUNCTION_ABORT SayCancelled
!define MUI_CUSTOMFUNCTION_UNABORT un.SayCancelled

!define MUI_WELCOMEPAGE_TITLE "安装${TITLE}"
!define MUI_WELCOMEPAGE_TEXT "$(Welcome)"
!insertmacro MUI_PAGE_WELCOME

!define MUI_PAGE_HEADER_TEXT "安装位置"
!define MUI_PAGE_HEADER_SUBTEXT "程序装在您自己名下，不需要管理员。"
!define MUI_DIRECTORYPAGE_TEXT_TOP "一般不需要改动。要装到别处，请点“浏览”。数据不放在这里，而放在您的用户数据文件夹：$\r$\n${DATA}"
!define MUI_DIRECTORYPAGE_TEXT_DESTINATION "程序文件夹"
!define MUI_DIRECTORYPAGE_VERIFYONLEAVE
!define MUI_PAGE_CUSTOMFUNCTION_SHOW ShowPlace
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE LeavePlace
!insertmacro MUI_PAGE_DIRECTORY

!define MUI_PAGE_HEADER_TEXT "正在安装"
!define MUI_PAGE_HEADER_SUBTEXT "请稍候，大约需要一分钟。"
!define /redef MUI_INSTFILESPAGE_FINISHHEADER_TEXT "安装完成"
!define /redef MUI_INSTFILESPAGE_FINISHHEADER_SUBTEXT "${TITLE}已经装好。"
!define /redef MUI_INSTFILESPAGE_ABORTHEADER_TEXT "没有装成"
!define /redef MUI_INSTFILESPAGE_ABORTHEADER_SUBTEXT "$Aftermath"
!insertmacro MUI_PAGE_INSTFILES

!define MUI_FINISHPAGE_TITLE "${TITLE}已经装好"
!define MUI_FINISHPAGE_TEXT "开始菜单里有“${TITLE}”。双击数据文件（*.epm）也会用它打开。$\r$\n$\r$\n要卸载时，请到 Windows 的“设置”→“应用”里找到它。"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM_FILE}"
!define MUI_FINISHPAGE_RUN_TEXT "现在打开${TITLE}"
!insertmacro MUI_PAGE_FINISH

UninstPage custom un.ShowQuestion un.LeaveQuestion
!define MUI_PAGE_HEADER_TEXT "正在卸载"
!define MUI_PAGE_HEADER_SUBTEXT "请稍候。"
!define /redef MUI_INSTFILESPAGE_FINISHHEADER_TEXT "卸载完成"
!define /redef MUI_INSTFILESPAGE_FINISHHEADER_SUBTEXT "${TITLE}已经从这台电脑上移走。"
!define /redef MUI_INSTFILESPAGE_ABORTHEADER_TEXT "没有卸载成"
!define /redef MUI_INSTFILESPAGE_ABORTHEADER_SUBTEXT "$Aftermath"
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "SimpChinese"
SetFont /LANG=${LANG_SIMPCHINESE} "Microsoft YaHei UI" 9
LangString Welcome ${LANG_SIMPCHINESE} "将把${TITLE} ${VERSION} 装到这台电脑上。$Present$\r$\n$\r$\n请先关闭正在运行的${TITLE}，然后点“下一步”。"

VIProductVersion "${VERSION_IN_FOUR}"
VIFileVersion "${VERSION_IN_FOUR}"
!macro Detail key text
  VIAddVersionKey /LANG=${LANG_SIMPCHINESE} "${key}" "${text}"
!macroend
!insertmacro Detail "CompanyName" "${PUBLISHER}"
!insertmacro Detail "FileDescription" "${TITLE}安装程序"
!insertmacro Detail "FileVersion" "${VERSION}"
!insertmacro Detail "InternalName" "${NAME}-setup"
!insertmacro Detail "LegalCopyright" "MIT"
!insertmacro Detail "OriginalFilename" "${SETUP_FILE}"
!insertmacro Detail "ProductName" "${TITLE}"
!insertmacro Detail "ProductVersion" "${VERSION}"

!include "installer-files.nsh"
!include "installer-refusals.nsh"
!include "installer-system.nsh"
!include "uninstaller.nsh"

Function .onInit
  StrCpy $Present ""
  StrCpy $Unmended ""
  StrCpy $Aftermath "没有改动：原来装着的版本照常可用，数据没有动过。"
  !insertmacro BeginLog "安装${TITLE} ${VERSION}"
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/?" $1
  ${IfNot} ${Errors}
    MessageBox MB_OK|MB_ICONINFORMATION "${SETUP_FILE} 的参数：$\r$\n$\r$\n\
      /S　不显示窗口$\r$\n/NODESKTOP　不在桌面上放快捷方式$\r$\n/DOWNGRADE　允许装比现有版本旧的版本$\r$\n\
      /D=文件夹　装到哪里（写在最后）$\r$\n$\r$\n\
      返回码：0 完成；1 取消；2 没有装成。原因写在 ${LOG}。" /SD IDOK
    SetErrorLevel 0
    Quit
  ${EndIf}
  !insertmacro RefuseTwo
  Call RefuseSystem
  Call FindRegistered
  Call ChooseDesktop
  ${If} $FormerVersion != ""
    StrCpy $Present "现在装着 $FormerVersion，装完后换成 ${VERSION}，数据不受影响。"
  ${EndIf}
  Call TakeAsked
  ${If} ${Silent}
    Call Examine
    ${If} $Against == ""
      Call ExamineVersion
    ${EndIf}
    ${If} $Against != ""
      !insertmacro Refuse $Against
    ${EndIf}
  ${EndIf}
FunctionEnd

Function SayCancelled
  !insertmacro Log "取消了，没有改动。"
FunctionEnd

# The checkbox stands on the page of the folder: one page less to leaf through.
Function ShowPlace
  FindWindow $0 "#32770" "" $HWNDPARENT
  System::Call '*(i 0, i 46, i 300, i 56) p .r1'
  System::Call 'user32::MapDialogRect(p r0, p r1)'
  System::Call '*$1(i .r2, i .r3, i .r4, i .r5)'
  System::Free $1
  IntOp $4 $4 - $2
  IntOp $5 $5 - $3
  System::Call 'user32::CreateWindowExW(i 0, w "BUTTON", w "在桌面上放一个快捷方式(&K)", i 0x50010003, \
    i r2, i r3, i r4, i r5, p r0, p 0, p 0, p 0) p .s'
  Pop $DesktopBox
  SendMessage $HWNDPARENT ${WM_GETFONT} 0 0 $1
  SendMessage $DesktopBox ${WM_SETFONT} $1 1
  SendMessage $DesktopBox ${BM_SETCHECK} $OnDesktop 0
FunctionEnd

Function LeavePlace
  SendMessage $DesktopBox ${BM_GETCHECK} 0 0 $OnDesktop
  again:
  Call Examine
  ${If} $Held != ""
    !insertmacro Log "$Against"
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$Against" IDRETRY again
    Abort
  ${ElseIf} $Against != ""
    !insertmacro Log "$Against"
    MessageBox MB_OK|MB_ICONEXCLAMATION "$Against"
    Abort
  ${EndIf}
  Call ExamineVersion
  ${If} $Against != ""
    !insertmacro Log "$Against"
    MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$Against$\r$\n$\r$\n仍要装旧的版本吗？" IDYES +2
    Abort
  ${EndIf}
  ${If} $Former != ""
    MessageBox MB_OKCANCEL|MB_ICONQUESTION "现在的${TITLE}装在：$\r$\n$Former$\r$\n$\r$\n\
      换到新位置以后，那里的程序会移走（数据和您自己的文件不动）。" IDOK +2
    Abort
  ${EndIf}
  StrCpy $Against ""
FunctionEnd

Section "${TITLE}"
  !insertmacro Log "装到 $INSTDIR"
  Call Recover
  ${If} $Unmended != ""
    StrCpy $Against $Unmended
    Call GiveUp
  ${EndIf}
  ClearErrors
  SetOutPath "$INSTDIR\${STAGED}"
  ${If} ${Errors}
    StrCpy $Against "不能在“$INSTDIR”里建立文件夹。"
    Call GiveUp
  ${EndIf}
  File /r "${PROGRAM}${SEPARATOR}*"
  ${GetSize} "$INSTDIR\${STAGED}" "/S=0B" $0 $1 $2
  ${If} $0 != ${TOTAL_BYTES}
  ${OrIf} $1 != ${TOTAL_FILES}
    StrCpy $Against "解出来的文件不全（$1 个，应有 ${TOTAL_FILES} 个；$0 字节，应有 ${TOTAL_BYTES} 字节）。\
      多半是杀毒软件拦下了文件：请在其中信任本程序，然后再装一次。"
    Call GiveUp
  ${EndIf}
  ClearErrors
  WriteUninstaller "$INSTDIR\${STAGED}\${UNINSTALLER}"
  ${If} ${Errors}
    StrCpy $Against "写不出卸载程序。"
    Call GiveUp
  ${EndIf}
  SetOutPath "$INSTDIR"
  Call Exchange
  ${If} $Against != ""
    Call GiveUp
  ${EndIf}
  Call Register
  Call PlaceShortcuts
  Call ClearRetired
  ${If} $Former != ""
    !insertmacro Log "移走原来装在 $Former 的程序"
    StrCpy $Folder $Former
    StrCpy $List "$Former\${FILE_LIST}"
    Call RemoveProgram
  ${EndIf}
  SetErrorLevel 0
  !insertmacro Log "装好了。"
SectionEnd

# Called with what went wrong. What stood before stands again by then, or else both versions are left as they lie, for
# Recover.
Function GiveUp
  ${If} $Unmended == ""
    Call Tidy
  ${Else}
    StrCpy $Aftermath "原来的版本没有恢复完，可能打不开；数据没有动过。请重启电脑，再重新运行安装程序恢复。"
  ${EndIf}
  !insertmacro Log "没有装成：$Against$Aftermath"
  MessageBox MB_OK|MB_ICONSTOP "没有装成：$Against$\r$\n$\r$\n$Aftermath" /SD IDOK
  SetErrorLevel 2
  Abort
FunctionEnd

# NSIS comes here when a file cannot be written, a full disk for one; it has told so in a box of its own.
Function .onInstFailed
  ${If} $Against == ""
    !insertmacro Log "没有装成：有文件写不进去（磁盘满了、没有权限，或被杀毒软件拦下）。没有改动。"
    Call Tidy
  ${EndIf}
  SetErrorLevel 2
FunctionEnd
