// How is something drawn again and again in one place of a terminal?

/** Where the play is printed. Asked at every drawing: a terminal may change its size. */
export interface Output {
  write(text: string): void
  readonly isTerminal: boolean
  readonly widthCells: number
  readonly heightLines: number
}

export interface Canvas {
  /** Over what was drawn last; below it where the output is no terminal. */
  draw(lines: readonly string[]): void
  /** What was drawn last stays; the next drawing begins below it. */
  leave(): void
}

export function createCanvas(output: Output): Canvas {
  let drawnLines = 0
  return {
    draw(lines) {
      const over = output.isTerminal && drawnLines > 0 ? `\u001b[${drawnLines}A\r\u001b[J` : ''
      output.write(`${over}${lines.join('\n')}\n${output.isTerminal ? '' : '\n'}`)
      drawnLines = lines.length
    },
    leave() {
      drawnLines = 0
    },
  }
}
