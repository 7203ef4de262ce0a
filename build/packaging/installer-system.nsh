# What Windows is told of the program: its entry among the programs, its type of file, its shortcuts.

!define CLASSES "Software\Classes"
!define OPEN_COMMAND '"$INSTDIR\${PROGRAM_FILE}" "%1"'

Function Register
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${TITLE}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${PROGRAM_FILE}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\${UNINSTALLER}"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\${UNINSTALLER}" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${TOTAL_KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  WriteRegStr HKCU "${CLASSES}\${TYPE}" "" "${TITLE}数据文件"
  WriteRegStr HKCU "${CLASSES}\${TYPE}\DefaultIcon" "" "$INSTDIR\${FILE_ICON}"
  WriteRegStr HKCU "${CLASSES}\${TYPE}\shell\open\command" "" '${OPEN_COMMAND}'
  WriteRegNone HKCU "${CLASSES}\${EXTENSION}\OpenWithProgids" "${TYPE}"
  ReadRegStr $0 HKCU "${CLASSES}\${EXTENSION}" ""
  ${If} $0 == "" # what the person opens with another program stays so; ours is offered beside it
    WriteRegStr HKCU "${CLASSES}\${EXTENSION}" "" "${TYPE}"
  ${EndIf}
  ${NotifyShell_AssocChanged}
FunctionEnd

Function un.Unregister
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  ReadRegStr $0 HKCU "${CLASSES}\${TYPE}\shell\open\command" ""
  ${If} $0 == '${OPEN_COMMAND}'
    DeleteRegKey HKCU "${CLASSES}\${TYPE}"
    DeleteRegValue HKCU "${CLASSES}\${EXTENSION}\OpenWithProgids" "${TYPE}"
    DeleteRegKey /ifempty HKCU "${CLASSES}\${EXTENSION}\OpenWithProgids"
    ReadRegStr $0 HKCU "${CLASSES}\${EXTENSION}" ""
    ${If} $0 == "${TYPE}"
      DeleteRegValue HKCU "${CLASSES}\${EXTENSION}" ""
    ${EndIf}
    DeleteRegKey /ifempty /ifnovalues HKCU "${CLASSES}\${EXTENSION}"
    ${NotifyShell_AssocChanged}
  ${EndIf}
FunctionEnd

# On the desktop at first; afterwards where the person has left it.
Function ChooseDesktop
  StrCpy $OnDesktop 1
  ${If} $Registered != ""
  ${AndIfNot} ${FileExists} "$DESKTOP\${TITLE}.lnk"
    StrCpy $OnDesktop 0
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/NODESKTOP" $1
  ${IfNot} ${Errors}
    StrCpy $OnDesktop 0
  ${EndIf}
FunctionEnd

Function PlaceShortcuts
  StrCpy $5 "$SMPROGRAMS\${TITLE}.lnk"
  Call PlaceShortcut
  StrCpy $5 "$DESKTOP\${TITLE}.lnk"
  ${If} $OnDesktop = 1
    Call PlaceShortcut
  ${Else}
    Delete $5
  ${EndIf}
FunctionEnd

# Writes the shortcut $5, under the name by which Windows groups the program's windows on the taskbar.
Function PlaceShortcut
  SetOutPath "$INSTDIR" # where the program starts
  CreateShortcut $5 "$INSTDIR\${PROGRAM_FILE}" "" "$INSTDIR\${PROGRAM_FILE}" 0 SW_SHOWNORMAL "" "${TITLE}"
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P= 0
    Return
  ${EndIf}
  ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}", .r1)'
  ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}", .r2)'
  ${If} $1 P<> 0
  ${AndIf} $2 P<> 0
    ${IPersistFile::Load} $1 '("$5", ${STGM_READWRITE})'
    System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID}) p .r3'
    System::Call '*(&w${NSIS_MAX_STRLEN} "${TASKBAR_ID}") p .r6'
    System::Call '*${SYSSTRUCT_PROPVARIANT}(${VT_LPWSTR},, p r6) p .r4'
    ${IPropertyStore::SetValue} $2 '($3, $4)'
    ${IPropertyStore::Commit} $2 ""
    ${IPersistFile::Save} $1 '("$5", 1)'
    System::Free $3
    System::Free $4
    System::Free $6
  ${EndIf}
  ${If} $2 P<> 0
    ${IUnknown::Release} $2 ""
  ${EndIf}
  ${If} $1 P<> 0
    ${IUnknown::Release} $1 ""
  ${EndIf}
  ${IUnknown::Release} $0 ""
FunctionEnd
