/** The page without its content, which the script makes. */
export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bearings Studio</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/app.css">
<script src="/app.js" type="module"></script>
</head>
<body><div id="root"></div><noscript>The studio needs JavaScript.</noscript></body>
</html>
`;

/** A page of one sentence, for a browser without a session. */
export const plainHtml = (title: string, text: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/app.css"></head>
<body><main class="blank"><h1 class="big">${title}</h1><p>${text}</p></main></body></html>
`;
