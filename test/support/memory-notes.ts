// An adapter's memory for tests: kept in this process, nothing expires.
import type { Json } from '../../src/contract/event.ts'
import type { Memory } from '../../src/contract/runtime.ts'

export function createMemoryNotes(): Memory {
  const notes = new Map<string, Json>()
  return {
    get: async (key) => notes.get(key),
    set: async (key, value) => void notes.set(key, value),
    delete: async (key) => void notes.delete(key),
  }
}
