# The uninstaller: removes what was installed, asks before it touches data.

!define DOOMED "${DATA}~"  # the data on its way out: renaming shows whether anyone has it open

Var WithData    # 1 where the data is to go, too
Var WithDataBox

Function un.onInit
  !insertmacro BeginLog "卸载${TITLE} ${VERSION}"
  StrCpy $WithData 0
  StrCpy $Aftermath "这台电脑上没有改动。"
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/DELETEDATA" $1
  ${IfNot} ${Errors}
    StrCpy $WithData 1
  ${EndIf}
  !insertmacro RefuseTwo
  ${If} ${Silent}
    Call un.ExamineUse
    ${If} $Against != ""
      !insertmacro Refuse $Against
    ${EndIf}
  ${EndIf}
FunctionEnd

Function un.SayCancelled
  !insertmacro Log "取消了，没有移走任何东西。"
FunctionEnd

Function un.ExamineUse
  StrCpy $Against ""
  StrCpy $Folder $INSTDIR
  Call un.FindHeld
  ${If} $Held != ""
    StrCpy $Against "程序文件正在使用，多半是${TITLE}还开着：$\r$\n$Held$\r$\n$\r$\n\
      请先保存，并关闭它的所有窗口，然后再试。没有移走任何东西。"
  ${EndIf}
FunctionEnd

Function un.ShowQuestion
  !insertmacro MUI_HEADER_TEXT "卸载${TITLE}" "您的数据留在这台电脑上，除非在下面勾选。"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 10u "将移走程序："
  Pop $0
  ${NSD_CreateLabel} 0 12u 100% 18u "$INSTDIR"
  Pop $0
  ${NSD_CreateLabel} 0 32u 100% 18u "开始菜单和桌面上的快捷方式、双击 ${EXTENSION} 文件的登记一并移走。您自己放在那里的文件不动。"
  Pop $0
  ${NSD_CreateHLine} 0 57u 100% 1u ""
  Pop $0
  ${NSD_CreateCheckBox} 0 64u 100% 10u "同时删除本机的数据(&D)"
  Pop $WithDataBox
  ${NSD_CreateLabel} 12u 77u -12u 18u "${DATA}"
  Pop $0
  ${NSD_CreateLabel} 12u 97u -12u 36u "里面有放在那里的办公室数据文件、草稿、日志和升级前的备份，删除以后不能恢复。\
    只是换电脑、换版本或重装，请不要勾选。存在别处的数据文件不会动。"
  Pop $0
  ${If} ${FileExists} "${DATA}\*.*"
    SendMessage $WithDataBox ${BM_SETCHECK} $WithData 0
  ${Else}
    EnableWindow $WithDataBox 0
  ${EndIf}
  GetDlgItem $0 $HWNDPARENT 1
  SendMessage $0 ${WM_SETTEXT} 0 "STR:卸载(&U)"
  nsDialogs::Show
FunctionEnd

Function un.LeaveQuestion
  ${NSD_GetState} $WithDataBox $WithData
  ${If} $WithData = 1
    MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "真的要删除本机的数据吗？$\r$\n$\r$\n${DATA}$\r$\n$\r$\n\
      删除以后不能恢复。" IDYES +2
    Abort
  ${EndIf}
  again:
  Call un.ExamineUse
  ${If} $Against != ""
    !insertmacro Log "$Against"
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$Against" IDRETRY again
    Abort
  ${EndIf}
FunctionEnd

Section "Uninstall"
  SetOutPath "$TEMP"
  ${If} $WithData = 1
    Call un.SetDataAside
  ${EndIf}
  InitPluginsDir
  File "/oname=$PLUGINSDIR\list" "${LIST_SOURCE}"
  RMDir /r "$INSTDIR\${STAGED}"
  StrCpy $List "$PLUGINSDIR\list"
  StrCpy $Folder "$INSTDIR\${RETIRED}"
  Call un.RemoveProgram
  StrCpy $Folder $INSTDIR
  Call un.RemoveProgram
  ${If} ${FileExists} "$INSTDIR\${PROGRAM_FILE}"
    StrCpy $Aftermath "程序文件只移走了一部分，数据没有动过。请重新启动电脑后再卸载一次。"
    !insertmacro Log "没有卸载完：“$INSTDIR\${PROGRAM_FILE}”删不掉。$Aftermath"
    MessageBox MB_OK|MB_ICONSTOP "没有卸载完：“$INSTDIR\${PROGRAM_FILE}”删不掉。$\r$\n$\r$\n$Aftermath" /SD IDOK
    Rename "${DOOMED}" "${DATA}"
    SetErrorLevel 2
    Abort
  ${EndIf}
  ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $0 == $INSTDIR # else they belong to a copy elsewhere
    Delete "$SMPROGRAMS\${TITLE}.lnk"
    Delete "$DESKTOP\${TITLE}.lnk"
    Call un.Unregister
  ${EndIf}
  ${If} $WithData = 1
    RMDir /r "${DOOMED}"
    !insertmacro Log "本机的数据删除了。"
  ${Else}
    !insertmacro Log "数据留在 ${DATA}。"
  ${EndIf}
  SetErrorLevel 0
  !insertmacro Log "卸载好了。"
SectionEnd

Function un.SetDataAside
  ${IfNot} ${FileExists} "${DATA}\*.*"
    Return
  ${EndIf}
  RMDir /r "${DOOMED}"
  again:
  ClearErrors
  Rename "${DATA}" "${DOOMED}"
  ${If} ${Errors}
    StrCpy $Against "数据文件夹“${DATA}”里有文件正在使用，不能删除。请关闭使用它的程序。没有移走任何东西。"
    !insertmacro Log "$Against"
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$Against" /SD IDCANCEL IDRETRY again
    SetErrorLevel 2
    Abort
  ${EndIf}
FunctionEnd
