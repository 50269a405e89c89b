// How is a part of the page made that remembers something, and is drawn anew only when what it shows has changed?

import { Component, type ComponentChildren, type ComponentClass } from 'preact'

/**
 * `begin` runs once for each such part on the page: what it remembers are its own variables, and `again` draws it anew
 * after they changed. What it returns draws. It is left alone while its props are the values they were.
 */
export function part<P extends object>(
  begin: (again: () => void) => (props: Readonly<P>) => ComponentChildren,
): ComponentClass<P> {
  return class extends Component<P> {
    readonly draw = begin(() => this.forceUpdate())
    override shouldComponentUpdate(props: Readonly<P>): boolean {
      const [old, now] = [Object.entries(this.props), new Map(Object.entries(props))]
      return old.length !== now.size || old.some(([name, value]) => now.get(name) !== value)
    }
    override render(): ComponentChildren {
      return this.draw(this.props)
    }
  }
}
