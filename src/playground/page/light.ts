// How does a module of the page lose what only its readers need: comments, indents, the gaps that stripped types leave?
//
// No minifier: it knows strings and templates, and that a line's end may end a statement. It is for the page's own modules,
// which keep regular expressions free of quotes and of spaces beside brackets; the test beside it compares them token by
// token.

/** The same program in fewer bytes. Comments are to stand on lines of their own. */
export function light(script: string): string {
  return script
    .replace(/^\s*\/\*[\s\S]*?\*\/[ \t]*$/gm, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('//'))
    .join('\n')
    .replace(
      WORDS_AND_GAPS,
      (whole, words?: string, mark?: string) => words ?? mark ?? (whole === '' ? '' : ' '),
    )
    .replace(/([,([{=:?&|])\n/g, '$1')
    .replace(/,?\n(?=[)\]}])/g, '')
    .replace(/\n(?=[.:?&|])/g, '')
}

/** A string or template as it is; a mark without the spaces round it; a run of spaces. */
const WORDS_AND_GAPS =
  /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)| *([=(){}[\],:;?<>&|*!]+) *| +/g
