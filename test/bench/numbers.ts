// Numbers of the bench: percentiles, and answers that are the same in every run.

/** Nearest rank. NaN when there is nothing to rank. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN
}

const WORDS =
  'the reply grows as fast as each platform allows and no reply is ever lost 回复随平台允许的速度增长 从不丢失'.split(
    ' ',
  )

/** So many characters of prose; `styled` with headings, emphasis, lists, code and tables as models write them. */
export function plainText(chars: number, styled: boolean): string {
  let text = ''
  for (let n = 0; text.length < chars; n += 1) {
    const word = WORDS[n % WORDS.length] ?? ''
    if (!styled) text += `${word} `
    else if (n % 97 === 0) text += `\n\n## Part ${n}\n\n`
    else if (n % 61 === 0) text += `\n\n\`\`\`ts\nconst n${n} = ${n}\nconsole.log(n${n})\n\`\`\`\n\n`
    else if (n % 41 === 0) text += `\n- item **${word}** of \`${n}\`\n- and *${n}*\n`
    else if (n % 53 === 0) text += `\n\n| a | b |\n|---|---|\n| ${n} | ${word} |\n\n`
    else text += n % 17 === 0 ? `**${word}**, ` : `${word} `
  }
  return text.slice(0, chars)
}
