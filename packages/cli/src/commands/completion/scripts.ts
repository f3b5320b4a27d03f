import type { Shell } from './shells.ts';

/**
 * The scripts ask `bearings __complete` for candidates: lines of a word, a tab and its description. The line `:files`
 * asks the shell to complete a file name.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  // bash splits words at = : and @ too. Words without a space between them are joined again before the question, and what
  // is before the last = or : is removed from the candidates, because readline replaces only what is after it
  bash: `_bearings() {
  local words=() word before rest="$COMP_LINE" line
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    before="$rest"
    rest="\${rest#"\${rest%%[![:space:]]*}"}"
    if [[ $rest == "$before" ]] && ((\${#words[@]})); then
      words[\${#words[@]} - 1]+="$word"
    else
      words+=("$word")
    fi
    rest="\${rest#"$word"}"
  done
  local typed="\${words[\${#words[@]} - 1]}" breaks="\${COMP_WORDBREAKS//[^=:]/}" option='' cut=''
  [[ $typed == --*=* ]] && option="\${typed%%=*}="
  [[ -n $breaks ]] && cut="\${typed%"\${typed##*[$breaks]}"}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do
        line="$option$line"
        COMPREPLY+=("\${line#"$cut"}")
      done < <(compgen -f -- "\${typed#"$option"}")
    else
      line="\${line%%$'\\t'*}"
      [[ $line == */ ]] && compopt -o nospace 2>/dev/null
      COMPREPLY+=("\${line#"$cut"}")
    fi
  done < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
}
complete -F _bearings bearings
`,
  zsh: `#compdef bearings
_bearings() {
  local line
  local -a candidates
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compset -P '--*='
      _files
    else
      candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  ((\${#candidates})) && _describe -V bearings candidates
}
if [[ $funcstack[1] == _bearings ]]; then
  _bearings "$@"
else
  compdef _bearings bearings
fi
`,
  fish: `function __bearings_complete
  set -l words (commandline --cut-at-cursor --tokenize) (commandline --current-token --cut-at-cursor)
  for line in ($words[1] __complete $words[2..] 2>/dev/null)
    if test "$line" = :files
      set -l option (string match --regex -- '^--[^=]*=' $words[-1])
      for path in (__fish_complete_path (string replace --regex '^--[^=]*=' '' -- $words[-1]))
        echo "$option$path"
      end
    else
      echo $line
    end
  end
end
complete --command bearings --no-files --arguments '(__bearings_complete)'
`,
};
