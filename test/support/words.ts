// Words for tests: a notice says its own key, so that tests do not depend on sentences.
import type { Words } from '../../src/contract/runtime.ts'

export const keysAsWords: Words = { say: (notice) => notice.key }
