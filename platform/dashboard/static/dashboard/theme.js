/* Before the first paint: the colour scheme that was chosen here the last time. Without a choice the system decides. */
const chosenTheme = localStorage.getItem("tintype-theme");
if (chosenTheme === "light" || chosenTheme === "dark") document.documentElement.dataset.theme = chosenTheme;
