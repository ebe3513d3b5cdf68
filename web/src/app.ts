import "htmx.org";
import "./islands/theme-toggle";
