import { globSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { light } from './light.ts'

const folder = join(import.meta.dirname, 'web')
const modules = globSync('*.ts', { cwd: folder }).filter((name) => !name.endsWith('.test.ts'))

test('there are modules to judge by', () => {
  expect(modules.length).toBeGreaterThan(15)
})

test.each(modules)('%s is the same program in fewer bytes', (name) => {
  const script = stripTypeScriptTypes(readFileSync(join(folder, name), 'utf8'))
  const lighter = light(script)
  expect(shapeOf(lighter)).toEqual(shapeOf(script))
  expect(lighter.length).toBeLessThanOrEqual(script.length)
})

test('a statement that ends with its line still ends there', () => {
  const script = "const a = {}\nlet b = 'a ,  b' // no\nb = `x  ${ a }`\nfoo()\n"
  expect(shapeOf(light(script.replace(' // no', '')))).toEqual(shapeOf(script))
})

/** The tree of a program, by kinds and words: where statements end decides over it. */
function shapeOf(script: string): readonly string[] {
  const file = ts.createSourceFile('x.js', script, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS)
  const shape: string[] = []
  const visit = (node: ts.Node, depth: number): void => {
    const isLeaf = node.getChildCount(file) === 0
    shape.push(`${depth} ${ts.SyntaxKind[node.kind]}${isLeaf ? ` ${node.getText(file)}` : ''}`)
    ts.forEachChild(node, (child) => visit(child, depth + 1))
  }
  visit(file, 0)
  return shape
}
