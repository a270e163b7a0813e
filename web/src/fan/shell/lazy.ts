// A page that is loaded when a fan first goes there, so that the first load has no part of it.
import type { Component } from "svelte";
import LazyPage from "./LazyPage.svelte";

/** The component that loads another one and shows it. */
export function lazy(load: () => Promise<{ default: Component }>): Component {
  return (anchor) => LazyPage(anchor, { load });
}
