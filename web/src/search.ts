// The page of results. The list, the filters and the map work apart from each other and without any of this.
import { leafThrough } from "./islands/leafing";
import { watchPrices } from "./islands/prices";
import { followResults } from "./islands/results";

followResults();
watchPrices();
leafThrough();
