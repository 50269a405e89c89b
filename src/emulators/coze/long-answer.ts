// What does the emulated agent say when it is asked for a very long answer?

/**
 * Markdown of at least `chars` characters (UTF-16 units) and less than 400 more, the same for the same number on every
 * machine: headings, Chinese, emphasis, nested lists, tables, code, links and quotes, every block numbered so that a
 * lost or doubled one shows. Tests in other processes compute what `!long CHARS` must give with it.
 */
export function longAnswer(chars: number): string {
  let text = `# A long answer of ${chars} characters\n\n`
  for (let block = 1; text.length < chars; block++) text += blockOf(block) + '\n\n'
  return text + `*The end of ${chars}.*`
}

function blockOf(n: number): string {
  switch (n % 7) {
    case 1:
      return `## Section ${n}\n\nParagraph **${n}** says that the answer grows on the screen while it is *written*, and that nothing of it is lost.`
    case 2:
      return `第 ${n} 段。**重要：**请注意，这一段是中文，里面有*强调*、“引号”和标点；也有 👩‍🚀 和 🇨🇳 这样的表情。`
    case 3:
      return `\`\`\`ts\n// block ${n}\nconst answer = ${n} * 2\nif (answer < 10 && answer > 0) {\n  console.log(\`answer: \${answer}\`)\n}\n\`\`\``
    case 4:
      return `| block | square | 说明 |\n| --- | ---: | --- |\n| ${n} | ${n * n} | 平方 |\n| ${n + 1} | ${(n + 1) * (n + 1)} | next |`
    case 5:
      return `- item ${n}.1\n  - nested ${n}.1.1\n    - deeper ${n}.1.1.1\n- item ${n}.2\n\n1. first of ${n}\n2. second of ${n}`
    case 6:
      return `> Quote ${n}: what is worth doing is worth doing **whole**.\n> [link ${n}](https://example.com/block/${n}?a=1&b=2)`
    default:
      return `\`\`\`\nplain code ${n}: no language, with <tags> & "quotes"\n\`\`\``
  }
}
