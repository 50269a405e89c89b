// Is a bridge started the same way everywhere? What Node is given cannot be set from within, so each place has to say it.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { NODE_FLAGS } from './process.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const flags = NODE_FLAGS.join(' ')

test('npm start, the image and the documentation start Node with the flags that keep memory flat', () => {
  expect(read('package.json')).toContain(`node ${flags} src/cli.ts start`)
  expect(read('Dockerfile')).toContain(
    `CMD ["node", "${NODE_FLAGS.join('", "')}", "dist/src/cli.js", "start"]`,
  )
  for (const path of ['README.md', 'README.zh-CN.md'])
    expect(read(path)).toContain(`node ${flags} dist/src/cli.js start`)
})
