// What changes a text on its way, also one that comes in pieces.

/** Called with a whole text. `stream` begins a text that comes in pieces: joined, they are what the whole would become. */
export interface TextFilter {
  (text: string): string
  stream(): TextStream
}

export interface TextStream {
  /** What is certain by now; the rest is held back, and is short. */
  push(piece: string): string
  /** What was held back. Nothing may be pushed after it. */
  end(): string
}

/** One after the other. */
export function chained(first: TextFilter, second: TextFilter): TextFilter {
  const whole = (text: string) => second(first(text))
  return Object.assign(whole, {
    stream(): TextStream {
      const [a, b] = [first.stream(), second.stream()]
      return {
        push: (piece: string) => b.push(a.push(piece)),
        end: () => b.push(a.end()) + b.end(),
      }
    },
  })
}
