// Tells Svelte's checker what vite.config.ts tells the build: runes only.
/** @type {import("@sveltejs/vite-plugin-svelte").SvelteConfig} */
export default { compilerOptions: { runes: true } };
