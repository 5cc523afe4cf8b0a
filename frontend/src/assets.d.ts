// Style sheets are for the bundler; to TypeScript they export nothing.
declare module "*.css";
