// How does an id stand in an address? Encoded, whatever it is: ids come from outside, and half a character would throw.

export function segment(id: string): string {
  return encodeURIComponent(id.toWellFormed())
}
