# What is done to files: the log, the list of a program's files, the exchange of the old version for the new.

!macro BeginLog title
  Delete "${LOG}"
  !insertmacro Log "${title}　$CMDLINE"
!macroend

!macro Log text
  Push "${text}"
  !ifdef __UNINSTALL__
    Call un.WriteLog
  !else
    Call WriteLog
  !endif
!macroend

# A line of a list of files, without its sum and its end; the list is ASCII, with / between the parts of a path.
!macro NameFrom line name
  StrCpy ${name} ${line} -1 66
!macroend

!macro FilesOf un

# Writes the text on the stack into the log, the time before it.
Function ${un}WriteLog
  Exch $0
  Push $1
  Push $2
  Push $3
  Push $4
  Push $5
  Push $6
  Push $7
  Push $8
  ${GetTime} "" "L" $1 $2 $3 $4 $5 $6 $7
  FileOpen $8 "${LOG}" a
  ${If} $8 != ""
    FileSeek $8 0 END
    FileWriteUTF16LE /BOM $8 "$3-$2-$1 $5:$6:$7　$0$\r$\n"
    FileClose $8
  ${EndIf}
  Pop $8
  Pop $7
  Pop $6
  Pop $5
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Pop $0
FunctionEnd

# Sets $Held if the file $2 is in use by anyone, be it only as a loaded library; changes nothing. Programs against
# viruses look into a file for a moment: it is asked for again.
Function ${un}ProbeFile
  StrCpy $5 0
  ${Do}
    # to read and to write, shared with nobody, existing
    System::Call 'kernel32::CreateFileW(w r2, i 0xC0000000, i 0, p 0, i 3, i 0, p 0) p .r3 ? e'
    Pop $4
    ${If} $3 != -1
      System::Call 'kernel32::CloseHandle(p r3)'
      Return
    ${EndIf}
    ${If} $4 <> 32    # shared otherwise
    ${AndIf} $4 <> 33    # locked in part
    ${AndIf} $4 <> 1224    # mapped
      Return
    ${EndIf}
    Sleep 250
    IntOp $5 $5 + 1
  ${LoopUntil} $5 = 4
  System::Call 'kernel32::GetFullPathNameW(w r2, i ${NSIS_MAX_STRLEN}, w .r5, p 0)' # with \ throughout
  StrCpy $Held $5
FunctionEnd

# Sets $Held to a file of the program in $Folder that is in use; to nothing if none is.
Function ${un}FindHeld
  StrCpy $Held ""
  StrCpy $2 "$Folder\${PROGRAM_FILE}"
  Call ${un}ProbeFile
  ${If} $Held != ""
    Return
  ${EndIf}
  FileOpen $0 "$Folder\${FILE_LIST}" r
  ${If} $0 == ""
    Return
  ${EndIf}
  ${Do}
    ClearErrors
    FileRead $0 $1
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    !insertmacro NameFrom $1 $1
    StrCpy $2 "$Folder\$1"
    Call ${un}ProbeFile
  ${LoopUntil} $Held != ""
  FileClose $0
FunctionEnd

# Removes from $Folder the files that stand in $List, that list, the folders that are empty then, and the uninstaller,
# unless the program has stayed and is to be removed once more.
Function ${un}RemoveProgram
  FileOpen $0 $List r
  ${If} $0 == ""
    Return
  ${EndIf}
  ${Do}
    ClearErrors
    FileRead $0 $1
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    !insertmacro NameFrom $1 $1
    StrCpy $2 "$Folder\$1"
    System::Call 'kernel32::SetFileAttributesW(w r2, i 0x80)'
    System::Call 'kernel32::DeleteFileW(w r2)'
  ${Loop}
  FileSeek $0 0 SET
  StrCpy $6 ""
  ${Do}
    ClearErrors
    FileRead $0 $1
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    !insertmacro NameFrom $1 $1
    Call ${un}ParentOf
    ${If} $1 != $6
      StrCpy $6 $1
      Call ${un}RemoveEmpty
    ${EndIf}
  ${Loop}
  FileClose $0
  Delete "$Folder\${FILE_LIST}"
  StrCpy $1 "${FILE_LIST}"
  Call ${un}ParentOf
  Call ${un}RemoveEmpty
  ${IfNot} ${FileExists} "$Folder\${PROGRAM_FILE}"
    Delete "$Folder\${UNINSTALLER}"
  ${EndIf}
  RMDir "$Folder"
FunctionEnd

# Removes the folder $1 inside $Folder if it is empty, then the one around it, and so on.
Function ${un}RemoveEmpty
  ${DoWhile} $1 != ""
    StrCpy $2 "$Folder\$1"
    System::Call 'kernel32::RemoveDirectoryW(w r2)'
    Call ${un}ParentOf
  ${Loop}
FunctionEnd

# Cuts the last part off the path in $1; nothing is left of a single part.
Function ${un}ParentOf
  StrLen $3 $1
  ${Do}
    IntOp $3 $3 - 1
    ${If} $3 <= 0
      StrCpy $1 ""
      Return
    ${EndIf}
    StrCpy $4 $1 1 $3
    ${If} $4 == "/"
    ${OrIf} $4 == "\"
      StrCpy $1 $1 $3
      Return
    ${EndIf}
  ${Loop}
FunctionEnd

!macroend

!insertmacro FilesOf ""
!insertmacro FilesOf "un."

# Moves $0 to $1, or says in $Against why it could not, if that says nothing yet; programs against viruses hold new
# files for a moment.
Function Move
  StrCpy $2 0
  ${Do}
    ClearErrors
    Rename $0 $1
    ${IfNot} ${Errors}
      Return
    ${EndIf}
    Sleep 250
    IntOp $2 $2 + 1
  ${LoopUntil} $2 = 20
  ${If} $Against == ""
    StrCpy $Against "“$0”正被别的程序占用，换不下来。"
  ${EndIf}
FunctionEnd

!macro RetirePart part
  ${If} $Against == ""
  ${AndIf} ${FileExists} "$INSTDIR\${part}"
    StrCpy $0 "$INSTDIR\${part}"
    StrCpy $1 "$INSTDIR\${RETIRED}\${part}"
    Call Move
  ${EndIf}
!macroend

!macro InstallPart part
  ${If} $Against == ""
    StrCpy $0 "$INSTDIR\${STAGED}\${part}"
    StrCpy $1 "$INSTDIR\${part}"
    Call Move
  ${EndIf}
!macroend

# A part that is no longer staged has been moved in: out with it, and the retired one back.
!macro PutPartBack part
  ${If} ${FileExists} "$INSTDIR\${part}"
  ${AndIfNot} ${FileExists} "$INSTDIR\${STAGED}\${part}"
    StrCpy $0 "$INSTDIR\${part}"
    StrCpy $1 "$INSTDIR\${STAGED}\${part}"
    Call Move
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\${RETIRED}\${part}"
    StrCpy $0 "$INSTDIR\${RETIRED}\${part}"
    StrCpy $1 "$INSTDIR\${part}"
    Call Move
  ${EndIf}
!macroend

# By renaming alone, so that it takes no time and needs no room. Until the staging folder has gone the old version
# counts, from then on the new one; an exchange that was cut short, or could not be put back, is put right by the next
# installation.
Function Exchange
  StrCpy $Against ""
  CreateDirectory "$INSTDIR\${RETIRED}"
  !insertmacro EachPart RetirePart
  !insertmacro EachPart InstallPart
  ${If} $Against != ""
    Push $Against
    Call PutBack
    Pop $Against
    Return
  ${EndIf}
  RMDir "$INSTDIR\${STAGED}"
FunctionEnd

# Sets $Unmended if the old version does not stand again; the next installation tries again what is left to do.
Function PutBack
  StrCpy $Against ""
  !insertmacro EachPart PutPartBack
  StrCpy $Unmended $Against
  StrCpy $Against ""
  ${If} $Unmended != ""
    !insertmacro Log "原来的版本没有恢复完：$Unmended"
    Return
  ${EndIf}
  RMDir "$INSTDIR\${RETIRED}"
FunctionEnd

# What an installation left that was cut short.
Function Recover
  ${If} ${FileExists} "$INSTDIR\${RETIRED}\*.*"
    !insertmacro Log "上次安装中途断了，先恢复。"
    ${If} ${FileExists} "$INSTDIR\${STAGED}\*.*"
      Call PutBack
      ${If} $Unmended != ""
        Return
      ${EndIf}
    ${Else}
      Call ClearRetired
    ${EndIf}
  ${EndIf}
  RMDir /r "$INSTDIR\${STAGED}"
FunctionEnd

# Removes the old version; what in its folders was not its own goes back to where it was.
Function ClearRetired
  StrCpy $List "$INSTDIR\${RETIRED}\${FILE_LIST}"
  ${If} ${FileExists} "$List"
    Call DropFormer
  ${EndIf}
  StrCpy $Folder "$INSTDIR\${RETIRED}"
  ${If} ${FileExists} "$List"
    Call RemoveProgram
    StrCpy $R0 ""
    ${Locate} "$Folder" "/L=F" "BringBack"
    ${If} $R0 != ""
      !insertmacro Log "有文件留在“$Folder”。"
      Return
    ${EndIf}
  ${EndIf}
  RMDir /r "$INSTDIR\${RETIRED}"
FunctionEnd

# Deletes what the retired version, whose files stand in $List, had in parts of its own: nothing took their place.
Function DropFormer
  StrCpy $Folder $INSTDIR
  FileOpen $7 "$INSTDIR\${FILE_LIST}" r
  ${If} $7 == "" # then nobody knows what the version needs that stands there
    Return
  ${EndIf}
  FileOpen $0 $List r
  ${If} $0 != ""
    StrCpy $6 ""
    ${Do}
      ClearErrors
      FileRead $0 $1
      ${If} ${Errors}
        ${ExitDo}
      ${EndIf}
      !insertmacro NameFrom $1 $1
      StrCpy $5 $6
      ${WordFind} $1 "/" "+1" $6
      ${If} $6 != $5
        Call FindPart
      ${EndIf}
      ${If} $8 = 0
        StrCpy $2 "$Folder\$1"
        System::Call 'kernel32::SetFileAttributesW(w r2, i 0x80)'
        System::Call 'kernel32::DeleteFileW(w r2)'
        Call ParentOf
        Call RemoveEmpty
      ${EndIf}
    ${Loop}
    FileClose $0
  ${EndIf}
  FileClose $7
FunctionEnd

# Sets $8 to 1 if the list of files that is open as $7 has the part $6, a file or a folder at the top; else to 0.
Function FindPart
  StrCpy $8 0
  StrLen $3 "$6/"
  FileSeek $7 0 SET
  ${Do}
    ClearErrors
    FileRead $7 $2
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    !insertmacro NameFrom $2 $2
    StrCpy $2 "$2/" $3
    ${If} $2 == "$6/"
      StrCpy $8 1
    ${EndIf}
  ${LoopUntil} $8 = 1
FunctionEnd

Function BringBack # $R9 is the file
  StrLen $R1 "$Folder\"
  StrCpy $R2 $R9 "" $R1
  ${GetParent} "$INSTDIR\$R2" $R3
  CreateDirectory "$R3"
  ClearErrors
  Rename $R9 "$INSTDIR\$R2"
  ${If} ${Errors}
    StrCpy $R0 $R9
  ${EndIf}
  Push ""
FunctionEnd

# Removes what was unpacked, and the folders that were made for it.
Function Tidy
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\${STAGED}"
  StrCpy $0 $INSTDIR
  ${DoWhile} $0 != $Ground
    RMDir $0
    ${GetParent} $0 $0
    ${If} $0 == ""
      ${ExitDo}
    ${EndIf}
  ${Loop}
FunctionEnd
