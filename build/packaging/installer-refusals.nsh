# What stands against installing: looked for before anything is written.

!macro Refuse text
  Push "${text}"
  !ifdef __UNINSTALL__
    Call un.SayAndQuit
  !else
    Call SayAndQuit
  !endif
!macroend

# Two at once would trip over each other.
!macro RefuseTwo
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "Local\${NAME}-setup") p .r0 ? e'
  Pop $1
  ${If} $1 = 183
    !insertmacro Refuse "${TITLE}的安装或卸载正在进行。请等它结束以后再试。"
  ${EndIf}
!macroend

!macro RefusalsOf un

# Says the text on the stack and ends with 2.
Function ${un}SayAndQuit
  Exch $0
  !insertmacro Log "$0"
  MessageBox MB_OK|MB_ICONEXCLAMATION "$0" /SD IDOK
  SetErrorLevel 2
  Quit
FunctionEnd

!macroend

!insertmacro RefusalsOf ""
!insertmacro RefusalsOf "un."

Function RefuseSystem
  # reached by the 32-bit stub alone, which is used on Windows; what Linux makes does not start there, says Windows
  ${IfNot} ${RunningX64}
    !insertmacro Refuse "这台电脑的 Windows 是 32 位的，${TITLE}需要 64 位的 Windows 10（1809 版）或更新的版本。\
      $\r$\n$\r$\n没有改动。请在 64 位的电脑上安装；数据文件可以照常带过去使用。"
  ${EndIf}
  ${IfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    ${WinVerGetMajor} $0
    ${WinVerGetMinor} $1
    ${WinVerGetBuild} $2
    !insertmacro Refuse "这台电脑的 Windows 版本（$0.$1.$2）太旧，${TITLE}需要 Windows 10 1809 版\
      （10.0.${OLDEST_BUILD}）或更新的版本。$\r$\n$\r$\n没有改动。请先更新 Windows，或在别的电脑上安装；\
      数据文件可以照常带过去使用。"
  ${EndIf}
FunctionEnd

Function FindRegistered
  ReadRegStr $Registered HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $Registered == ""
  ${OrIfNot} ${FileExists} "$Registered\${PROGRAM_FILE}"
    StrCpy $Registered ""
    StrCpy $FormerVersion ""
    Return
  ${EndIf}
  ReadRegStr $FormerVersion HKCU "${UNINSTALL_KEY}" "DisplayVersion"
FunctionEnd

# Takes the folder behind /D=. NSIS takes it itself, but passes over one in quotation marks, which other programs like
# to set, and one that cannot be, and would install to the usual place without a word.
Function TakeAsked
  System::Call 'kernel32::GetCommandLineW() w .r0' # $CMDLINE ends before it
  StrLen $1 $0
  StrCpy $2 0
  ${Do}
    IntOp $2 $2 + 1
    ${If} $2 >= $1
      Return
    ${EndIf}
    StrCpy $3 $0 4 $2
    ${If} $3 == " /D="
    ${OrIf} $3 == '"/D='
      ${ExitDo}
    ${EndIf}
  ${Loop}
  IntOp $2 $2 + 4
  StrCpy $0 $0 "" $2
  ${Do}
    StrCpy $1 $0 1 -1
    ${If} $1 != " "
    ${AndIf} $1 != '"'
      ${ExitDo}
    ${EndIf}
    StrCpy $0 $0 -1
  ${Loop}
  StrCpy $INSTDIR $0
FunctionEnd

# Sets $Against to what stands against installing into $INSTDIR, and $Held if that is a file in use.
Function Examine
  StrCpy $Against ""
  StrCpy $Held ""
  StrCpy $Former ""
  Call ExaminePath
  ${If} $Registered != $INSTDIR
    StrCpy $Former $Registered
  ${EndIf}
  ${If} $Against == ""
    Call ExamineContent
  ${EndIf}
  ${If} $Against == ""
    Call ExamineUse
  ${EndIf}
  ${If} $Against == ""
    Call ExamineDisk
  ${EndIf}
FunctionEnd

Function ExaminePath
  StrCpy $Ground ""
  StrCpy $0 $INSTDIR "" -1
  ${If} $0 == "\"
    StrCpy $INSTDIR $INSTDIR -1
  ${EndIf}
  StrCpy $0 $INSTDIR 2
  StrCpy $1 $INSTDIR 2 1
  StrCpy $2 $INSTDIR 1 3
  ${If} $0 != "\\"
    ${If} $1 != ":\"
    ${OrIf} $2 == ""
      StrCpy $Against "安装位置要写完整（磁盘和其中的文件夹），例如 D:\${NAME}，现在是“$INSTDIR”。"
      Return
    ${EndIf}
  ${EndIf}
  StrLen $0 $INSTDIR
  ${If} $0 > ${LONGEST_FOLDER}
    StrCpy $Against "安装位置的路径太长：有 $0 个字符，最多只能有 ${LONGEST_FOLDER} 个\
      （Windows 的路径总长有限，程序内部还要用去一些）。请换一个短些的位置。"
    Return
  ${EndIf}
  StrCpy $Ground $INSTDIR
  ${DoUntil} ${FileExists} "$Ground\*.*"
    ${GetParent} $Ground $Ground
    ${If} $Ground == ""
      StrCpy $Against "没有“$INSTDIR”所在的磁盘，或它没有准备好。"
      Return
    ${EndIf}
  ${Loop}
FunctionEnd

!macro ExaminePart part
  ${If} ${FileExists} "$INSTDIR\${part}"
    StrCpy $Against "“$INSTDIR”里已有别的“${part}”，不是${TITLE}装的。请另选一个文件夹。"
  ${EndIf}
!macroend

Function ExamineContent
  ${If} $INSTDIR == "${DATA}"
    StrCpy $Against "“$INSTDIR”是放数据的文件夹，程序不能装在里面。请另选一个文件夹。"
    Return
  ${EndIf}
  StrLen $0 "${DATA}\"
  StrCpy $1 $INSTDIR $0
  ${If} $1 == "${DATA}\"
    StrCpy $Against "“$INSTDIR”在放数据的文件夹里，程序不能装在那里。请另选一个文件夹。"
    Return
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\${PORTABLE_FILE}"
    StrCpy $Against "“$INSTDIR”里是便携版，它把数据放在程序旁边，不能在上面安装。请另选一个文件夹。"
    Return
  ${EndIf}
  ${IfNot} ${FileExists} "$INSTDIR\${PROGRAM_FILE}"
  ${AndIfNot} ${FileExists} "$INSTDIR\${RETIRED}\*.*"
    !insertmacro EachPart ExaminePart
  ${EndIf}
FunctionEnd

Function ExamineUse
  StrCpy $Folder $INSTDIR
  Call FindHeld
  ${If} $Held == ""
  ${AndIf} $Former != ""
    StrCpy $Folder $Former
    Call FindHeld
  ${EndIf}
  ${If} $Held != ""
    StrCpy $Against "程序文件正在使用，多半是${TITLE}还开着：$\r$\n$Held$\r$\n$\r$\n\
      请先保存，并关闭它的所有窗口，然后再试。现在装着的版本没有改动。"
  ${EndIf}
FunctionEnd

Function ExamineDisk
  # to write and to rename in it is what is needed, so that is tried
  ClearErrors
  CreateDirectory "$Ground\${STAGED}~"
  ${If} ${Errors}
    StrCpy $Against "不能写入“$Ground”（没有权限，或磁盘是只读的）。请另选一个文件夹。"
    Return
  ${EndIf}
  RMDir "$Ground\${STAGED}~"
  StrCpy $3 ${NEEDED_BYTES}
  System::Call 'kernel32::GetVolumePathNameW(w "$Ground", w .r0, i ${NSIS_MAX_STRLEN})'
  System::Call 'kernel32::GetVolumePathNameW(w "$TEMP", w .r1, i ${NSIS_MAX_STRLEN})'
  ${If} $0 == $1 # unpacking takes as much room again among the temporary files, for the time being
    System::Int64Op $3 * 2
    Pop $3
  ${Else}
    StrCpy $4 $TEMP
    Call ExamineRoom
  ${EndIf}
  ${If} $Against == ""
    StrCpy $4 $Ground
    Call ExamineRoom
  ${EndIf}
FunctionEnd

# Sets $Against if the disk of the folder $4 has fewer than $3 bytes left.
Function ExamineRoom
  System::Call 'kernel32::GetDiskFreeSpaceExW(w r4, *l .r5, p 0, p 0) i .r6'
  ${If} $6 = 0 # some drives in networks do not say; writing will
    Return
  ${EndIf}
  ${If} $5 L< $3
    System::Int64Op $3 / 1000000
    Pop $6
    System::Int64Op $5 / 1000000
    Pop $7
    StrCpy $Against "磁盘空间不够：安装时“$4”所在的磁盘上需要 $6 MB，现在只有 $7 MB。请先清理磁盘，或装到别的磁盘上。"
  ${EndIf}
FunctionEnd

# Sets $Against if a newer version is there and nobody has said that an older one may take its place.
Function ExamineVersion
  StrCpy $Against ""
  ${If} $FormerVersion == ""
    Return
  ${EndIf}
  ${VersionCompare} "$FormerVersion" "${VERSION}" $0
  ${GetParameters} $1
  ClearErrors
  ${GetOptions} $1 "/DOWNGRADE" $2
  ${If} ${Errors}
  ${AndIf} $0 = 1
    StrCpy $Against "这台电脑上装着较新的版本 $FormerVersion，现在要装的是 ${VERSION}。\
      数据如果已由新版本升级过，旧版本打不开它。"
  ${EndIf}
FunctionEnd
