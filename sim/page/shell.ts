/** The HTML document that carries the page. Everything visible is drawn by `/page.js`. */
export const shell = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>Local workspace</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<div id="root"></div>
<noscript>The local workspace needs JavaScript.</noscript>
</body>
</html>
`;

/** Lockstep's mark: two links that turn together. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#123a42"/>
<g fill="none" stroke-width="3.2" stroke-linecap="round">
<path d="M13.5 9.5h-2a6.5 6.5 0 0 0 0 13h2" stroke="#5fd0b8"/>
<path d="M18.5 9.5h2a6.5 6.5 0 0 1 0 13h-2" stroke="#f4b860"/>
<path d="M12 16h8" stroke="#fff"/>
</g>
</svg>
`;
