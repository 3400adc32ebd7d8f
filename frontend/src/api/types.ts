// Made by scripts/frontend.sh types from the API's openapi.json. Do not edit: change the route, then make it again.

export type Activation = {
  /** False when it was live already. */
  changed: boolean;
  live: LivePointer;
  previous: LivePointer | null;
};

/** One run of a batch. */
export type BatchJob = {
  job_id: string;
  job_type: "full" | "incremental" | "active_users";
  /** Who asked for it. */
  trigger: "timer" | "manual" | "api" | "cli" | "stand_in";
  /** Whose lists a full run makes: everybody's, or those of an experiment's arm. */
  variant: string;
  status: "pending" | "running" | "completed" | "failed" | "cancelled";
  /** The step it is at. */
  stage: string;
  /** In percent. */
  progress: number;
  /** Until it ends, at the rate so far. */
  eta_seconds: number | null;
  requested_at: string;
  started_at: string | null;
  completed_at: string | null;
  /** Why it failed. */
  error_message: string | null;
  metrics: Record<string, unknown>;
  /** The highest event that it reads. */
  data_cut: number | null;
  model_version: string | null;
  generation: number | null;
  /** How many processes have worked on it. */
  attempts: number;
  lease_until: string | null;
  cost: JobCost | null;
};

export type BatchJobList = {
  items: BatchJob[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type BatchSchedule = {
  interval_seconds?: number | null;
  active_interval_seconds?: number | null;
  /** When full runs may start. */
  off_peak?: {
    start: string;
    end: string;
    /** Of the IANA database, such as Europe/Berlin. */
    time_zone: string;
  } | null;
  adaptive?: boolean | null;
  enabled?: boolean | null;
};

export type BatchStatus = {
  state: "running" | "pending" | "idle";
  running: BatchJob | null;
  pending: BatchJob | null;
  last_completed: BatchJob | null;
  last_failed: BatchJob | null;
  live: {
    generation: number | null;
    model_version: string | null;
  };
  schedule: {
    interval_seconds: number;
    active_interval_seconds: number;
    /** When full runs may start. */
    off_peak: {
      start: string;
      end: string;
      time_zone: string;
    } | null;
    adaptive: boolean;
    enabled: boolean;
    /** Whether a tick would start a run now. */
    due: boolean;
    /** Why it is due or not. */
    reason: string;
    next_run_at: string | null;
  };
  /** The last tick of each timer. */
  ticks: {
    GenerateRecommendations: {
      ticked_at: string;
      /** What it led to, in words; null while it is being worked on. */
      outcome: string | null;
    } | null;
    RefreshActiveUsers: {
      ticked_at: string;
      /** What it led to, in words; null while it is being worked on. */
      outcome: string | null;
    } | null;
  };
};

export type BilledSize = {
  key: "instance-gb" | "always-ready" | "database-gib" | "blob-gb" | "log-gb" | "log-alerts" | "metric-alerts" | "web-standard";
  name: string;
  unit: string;
  size: number;
  default: number;
};

export type CacheDeletion = {
  deleted: number;
};

export type CacheInvalidation = {
  /** Whose lists are stale now. */
  users: number;
};

export type CacheStats = {
  variant: string;
  list: "discover" | "buy_again";
  /** Of the shop. */
  users: number;
  /** Share of users with a list. */
  coverage: number | null;
  fresh: number;
  stale: number;
  missing: number;
  ages: {
    /** Null for older ones. */
    up_to_seconds: number | null;
    count: number;
  }[];
};

export type CacheStatsList = {
  items: CacheStats[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type Category = {
  name: string;
  product_count: number;
  in_stock_count: number;
};

export type CategoryList = {
  items: Category[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type CategorySize = {
  name: string;
  products: number;
  interactions: number;
};

export type CostPart = {
  key: "functions-memory" | "functions-executions" | "functions-ready" | "blob-operations" | "database" | "database-storage" | "blob-storage" | "logs" | "alerts" | "web";
  /** Of the quantity. */
  unit: string;
  /** False for a size that somebody assumed. */
  measured: boolean;
  quantity_so_far: number;
  quantity_at_rate: number;
  /** Its cost. */
  so_far: number;
  /** Its cost. */
  at_rate: number;
};

export type Costs = {
  /** The moment of every figure. */
  now: string;
  /** The first of the month, or when measuring began. */
  counted_from: string;
  currency: string;
  /** 0 for the defaults. */
  prices_version: number;
  /** Memory of an instance. */
  instance_gb: number;
  /** Whether no setting says what memory an instance has. */
  instance_is_assumed: boolean;
  /** Of this month. */
  so_far: number;
  /** Of a month of 730 hours like the last day. */
  at_rate: number;
  /** What the rate was measured in. */
  rate_hours: number;
  /** At that rate, of lists that customers were served. */
  per_thousand_lists: number | null;
  /** What was measured since `counted_from`. */
  used: {
    job_gb_seconds: number;
    /** At the most: a second for each request, a minute for each minute. */
    serving_gb_seconds: number;
    executions: number;
    lists_served: number;
    /** For which jobs held connections. */
    database_seconds: number;
    /** Of jobs. */
    blob_reads: number;
    /** Of jobs. */
    blob_writes: number;
  };
  parts: CostPart[];
  runs: RunCost[];
};

export type DataOverview = {
  now: string;
  summary: DataSummary | null;
  /** False while DATASET_SNAPSHOTS is 0: nothing is summed up then. */
  keeps_data_sets: boolean;
  /** The store. */
  location: string;
  data_sets: StoredDataSet[];
  reports: StoredReport[];
};

/** The shop's data as of one data cut. */
export type DataSummary = {
  /** When the data were read. */
  created_at: string;
  /** The last event that is counted. */
  data_cut: number;
  products: number;
  /** Those with an event. */
  active_products: number;
  users: number;
  /** Those with an event. */
  active_users: number;
  interactions: number;
  /** Events by kind. */
  by_type: Record<string, number>;
  /** Share of pairs of a customer and a product without an event. */
  sparsity: number;
  first_event: string | null;
  last_event: string | null;
  events_per_user: Percentiles;
  events_per_product: Percentiles;
  /** 1 when all categories are equally full. */
  category_balance: number;
  category_count: number;
  categories: CategorySize[];
  weeks: DataWeek[];
  warnings: DataWarning[];
};

export type DataWarning = {
  kind: "price_missing" | "text_missing" | "same_name" | "lone_product" | "never_met" | "busy_user" | "future" | "gap";
  count: number;
  /** Some of them. */
  examples: string[];
};

export type DataWeek = {
  /** Its Monday, in UTC. */
  start: string;
  events: number;
  by_type: Record<string, number>;
};

export type ErrorBudget = {
  /** Share of requests that are to be good. */
  target: number;
  /** Of the window. */
  requests: number;
  bad: number;
  /** Requests that may be bad. */
  allowed: number;
  /** Share of what is allowed; above 1 the objective is missed. Null without requests. */
  used: number | null;
  /** Times as fast as the window allows, in the last hour; null without requests. */
  burn_rate: number | null;
};

export type ErrorBudgets = {
  since: string;
  as_of: string;
  window_days: number;
  latency_ms: number;
  availability: ErrorBudget;
  latency: ErrorBudget;
};

/** A comparison of two ways to recommend. */
export type Experiment = {
  experiment_id: number;
  name: string;
  status: "draft" | "running" | "stopped" | "concluded" | "archived";
  /** Each user sees one arm's lists, or both in one list. */
  kind: "ab" | "interleaving";
  /** What the decision is by. */
  metric: "click_through" | "add_to_cart" | "conversion" | "revenue";
  /** What a user does counts for so long after the first answer. */
  window_days: number;
  planned_users: number;
  variants: ExperimentVariant[];
  winner: string | null;
  conclusion: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  /** Its ETag. */
  version: number;
};

export type ExperimentChange = {
  status: "running" | "stopped" | "concluded" | "archived";
  /** Of a conclusion: the arm whose settings become the shop's. */
  winner?: string | null;
  /** What was learned. */
  conclusion?: string | null;
};

export type ExperimentGuardrail = {
  name: string;
  /** Null where nothing is known. */
  kept: boolean | null;
  words: string;
};

export type ExperimentList = {
  items: Experiment[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type ExperimentMetric = {
  metric: "click_through" | "add_to_cart" | "conversion" | "revenue";
  /** By variant. */
  values: (number | null)[];
  lift: Interval | null;
  verdict: "too_early" | "undecided" | "better" | "worse";
  words: string;
};

export type ExperimentPlan = {
  metric: "click_through" | "add_to_cart" | "conversion" | "revenue";
  lift: number;
  power: number;
  share: number;
  window_days: number;
  /** The metric now; null where nothing is known of it. */
  baseline: number | null;
  users_in_four_weeks: number;
  /** In both arms; null where the shop's data cannot say. */
  users: number | null;
  /** Null when the shop's traffic never brings so many. */
  days: number | null;
  /** The plan in one sentence. */
  words: string;
};

export type ExperimentPreference = {
  /** Users who clicked more on the control's products. */
  first: number;
  second: number;
  ties: number;
  /** Valid when looked at once. */
  sign_test: number;
};

export type ExperimentResults = {
  experiment_id: number;
  /** The result in one sentence. */
  words: string;
  /** Of the second variant over the control. */
  verdict: "too_early" | "undecided" | "better" | "worse";
  /** How much of the planned data there is. */
  progress: number;
  /** By variant; of interleaved lists one number. */
  users: number[];
  metrics: ExperimentMetric[];
  preference: ExperimentPreference | null;
  margin: Interval | null;
  sample_ratio: SampleRatioCheck;
  guardrails: ExperimentGuardrail[];
  method: string;
  as_of: string;
};

export type ExperimentVariant = {
  name: string;
  share: number;
  /** Of generations and jobs. */
  variant: string;
  configuration: Record<string, unknown> | null;
};

/** The lists that one batch made. */
export type Generation = {
  generation: number;
  /** Whom it is for. */
  variant: string;
  status: "building" | "live" | "retired" | "failed" | "dropped";
  job_id: string;
  list_count: number;
  data_cut: number;
  created_at: string;
  live_at: string | null;
  retired_at: string | null;
  model_version: string;
  activation: {
    possible: boolean;
    generation: number | null;
    reason: string | null;
  };
};

export type GenerationComparison = {
  before: Generation;
  after: Generation;
  /** With a list in both that were looked at. */
  customers: number;
  /** One customer in so many was looked at. */
  sampling_step: number;
  /** Customers whose list differs, if only in its order. */
  changed: number;
  /** Customers whose list has other products. */
  changed_products: number;
  /** Share of a list's products that both have. */
  mean_overlap: number | null;
  /** Different products in the lists. */
  products_before: number;
  products_after: number;
  /** Products that can be sold now. */
  sellable: number;
  risers: GenerationMover[];
  fallers: GenerationMover[];
};

export type GenerationList = {
  items: Generation[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type GenerationMover = {
  /** Null when it has left the catalogue. */
  product_id: string | null;
  name: string | null;
  /** Lists that had it. */
  before: number;
  after: number;
};

export type HiddenProduct = {
  product_id: string;
  name: string;
  category: string;
  /** In major units, such as 12.99. */
  price: number;
  currency: string;
  in_stock: boolean;
  /** Address of a picture. */
  image: string;
  hidden_at: string;
};

export type HiddenProductList = {
  items: HiddenProduct[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

/** It holds the truth at all times at once, with 95 %. */
export type Interval = {
  estimate: number;
  lower: number;
  upper: number;
};

/** What a job has used, and what that costs at the prices in force, before any free grant. */
export type JobCost = {
  total: number;
  currency: string;
  memory: number;
  executions: number;
  /** The share of its monthly price. */
  database: number;
  blobs: number;
  /** What was measured. */
  used: {
    /** Of instances, each execution at least one. */
    seconds: number;
    gb_seconds: number;
    /** Whether no setting said what memory an instance had. */
    memory_is_assumed: boolean;
    executions: number;
    /** For which connections were held. */
    database_seconds: number;
    blob_reads: number;
    blob_writes: number;
  };
};

export type JudgedModel = {
  model: string;
  /** Why it could not be fitted. */
  error: string | null;
  /** Under `ndcg@10` and so on. */
  metrics: Record<string, {
    mean: number;
    lower: number;
    upper: number;
  }>;
  /** Of ten products a list. */
  coverage: number | null;
};

export type LivePointer = {
  generation: number;
  model_version: string;
};

export type LogLine = {
  id: number;
  job_id: string | null;
  logged_at: string;
  level: "debug" | "info" | "warning" | "error";
  message: string;
};

export type LogLineList = {
  items: LogLine[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type Login = {
  user_id: string;
};

export type ManyRecommendations = {
  items: Recommendations[];
  /** Of whom there are no lists: no such users. */
  unknown_users: string[];
};

export type ManyUsers = {
  user_ids: string[];
  list?: "discover" | "buy_again" | null;
  limit?: number | null;
  category_filter?: string | null;
};

/** A fitted model that is stored. */
export type Model = {
  version: string;
  algorithm: string;
  status: "candidate" | "live" | "retired" | "rejected";
  parameters: Record<string, unknown>;
  metrics: Record<string, unknown>;
  /** The highest event that it was fitted on. */
  data_cut: number;
  created_at: string;
  artifacts_deleted_at: string | null;
  generations: {
    generation: number;
    /** Whom it is for. */
    variant: string;
    status: "building" | "live" | "retired" | "failed" | "dropped";
    job_id: string;
    list_count: number;
    data_cut: number;
    created_at: string;
    live_at: string | null;
    retired_at: string | null;
  }[];
  activation: {
    possible: boolean;
    generation: number | null;
    reason: string | null;
  };
};

export type ModelDetail = {
  version: string;
  algorithm: string;
  status: "candidate" | "live" | "retired" | "rejected";
  parameters: Record<string, unknown>;
  metrics: Record<string, unknown>;
  /** The highest event that it was fitted on. */
  data_cut: number;
  created_at: string;
  artifacts_deleted_at: string | null;
  generations: {
    generation: number;
    /** Whom it is for. */
    variant: string;
    status: "building" | "live" | "retired" | "failed" | "dropped";
    job_id: string;
    list_count: number;
    data_cut: number;
    created_at: string;
    live_at: string | null;
    retired_at: string | null;
  }[];
  activation: {
    possible: boolean;
    generation: number | null;
    reason: string | null;
  };
  artifact: {
    path: string;
    sha256: string;
    /** Why there is no manifest. */
    reason: string | null;
    manifest: Record<string, unknown> | null;
  };
};

export type ModelEvaluation = {
  job_id: string;
  judged_at: string;
  /** The candidate that won. */
  chosen: string | null;
  /** The choice in words. */
  verdict: string | null;
  /** Why models were judged. */
  reason: string | null;
  /** Null where the shop was too small to judge. */
  users_judged: number | null;
  models: JudgedModel[];
};

export type ModelEvaluationList = {
  items: ModelEvaluation[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type ModelList = {
  items: Model[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type NewExperiment = {
  name: string;
  kind?: "ab" | "interleaving" | null;
  metric?: "click_through" | "add_to_cart" | "conversion" | "revenue" | null;
  /** How long what a user does counts. */
  window_days?: number | null;
  /** From the plan; at about so many intervals are narrowest. */
  planned_users?: number | null;
  /** The control first. Without a configuration an arm has the shop's own settings. */
  variants: {
    name: string;
    share?: number | null;
    configuration?: RecommenderSettings | null;
  }[];
};

export type NewInteraction = {
  event_id?: string | null;
  user_id: string;
  product_id: string;
  interaction_type: "view" | "add_to_cart" | "purchase" | "rating" | "feedback" | "impression" | "click";
  /** Stars of a rating (1 to 5), -1 (hidden) to 1 (liked) of feedback, pieces of a purchase. */
  value?: number | null;
  /** When it happened; now when it is missing. */
  timestamp?: string | null;
  session_id?: string | null;
  order_id?: string | null;
  /** Of the answer that showed the product. */
  request_id?: string | null;
  /** At which that answer showed it, from 0. */
  position?: number | null;
};

export type NewProduct = {
  product_id: string;
  name: string;
  description?: string | null;
  category: string;
  /** In major units with at most two decimals, such as 12.99. */
  price: number;
  currency?: string | null;
  stock?: number | null;
  /** Whether the shop offers it. */
  active?: boolean | null;
  /** brand, tags, specs, image_url. */
  metadata?: Record<string, unknown> | null;
};

export type NewUser = {
  user_id: string;
  email?: string | null;
  display_name?: string | null;
  segment?: string | null;
  preferences?: Record<string, unknown> | null;
};

export type OffPolicyEstimate = {
  status: "running" | "done" | "refused" | "failed";
  /** The model that is judged: the first candidate of the settings. */
  candidate: string | null;
  /** Of the settings. */
  diversity: number;
  requested_at: string;
  ended_at: string | null;
  /** Why there are no figures. */
  reason: string | null;
  /** Whose lists the figures are from. */
  generations: number[];
  impressions: number;
  users: number;
  /** What the log is worth for this candidate: Kish's effective sample size. */
  effective_impressions: number | null;
  /** Click rate of what was shown. */
  logged: number | null;
  ips: OffPolicyInterval | null;
  snips: OffPolicyInterval | null;
};

/** Click rate of a product at its position, with its interval of 95 % for one look. */
export type OffPolicyInterval = {
  estimate: number;
  lower: number;
  upper: number;
};

export type OffPolicyRequest = {
  configuration: RecommenderSettings;
};

export type Order = {
  /** The shop's own, or the event's for a purchase without one. */
  order_id: string;
  ordered_at: string;
  items: OrderLine[];
};

/** A product as it is now, and how many were bought. */
export type OrderLine = {
  product_id: string;
  name: string;
  category: string;
  /** In major units, such as 12.99. */
  price: number;
  currency: string;
  in_stock: boolean;
  /** Address of a picture. */
  image: string;
  quantity: number;
};

export type OrderList = {
  items: Order[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

/** Of those with an event at all. */
export type Percentiles = {
  p10: number;
  p50: number;
  p90: number;
  p99: number;
  maximum: number;
};

export type Preferences = {
  categories: Record<string, number>;
};

export type PreviewFigures = {
  /** Different products in the lists. */
  products: number;
  /** … as a share of those that may be listed. */
  coverage: number;
  /** How unlike the products of a list are: mean of 1 − cosine of their texts. */
  diversity: number | null;
  /** Places that chance decided. */
  explored_share: number;
};

export type PreviewItem = {
  product_id: string;
  name: string;
  category: string;
  score: number;
  /** Whether chance put it there. */
  explored: boolean;
};

export type PreviewMove = {
  product_id: string;
  name: string;
  /** Rank from 1; null where it was not listed. */
  before: number | null;
  /** Rank from 1; null where it would not be listed. */
  after: number | null;
  cause: "excluded" | "admitted" | "diversity" | "exploration" | "length" | "others";
  /** Why. */
  words: string;
};

export type PreviewedCustomer = {
  user_id: string;
  /** Null for a user that the request named. */
  activity: "heavy" | "light" | "newcomer" | null;
  /** Products of their history that the model knows. */
  history: number;
  before: PreviewItem[];
  after: PreviewItem[];
  moves: PreviewMove[];
};

export type Price = {
  key: "database" | "database-gib" | "gb-second" | "free-gb-seconds" | "free-executions" | "million-executions" | "ready-gb-month" | "ready-gb-second" | "blob-gb" | "blob-write-10k" | "blob-read-10k" | "log-gb" | "free-log-gb" | "log-alert" | "metric-alert" | "web-free" | "web-standard";
  name: string;
  unit: string;
  price: number;
  default: number;
  /** Of the default. */
  source: string;
};

export type PriceSettings = {
  prices?: {
    database?: number | null;
    "database-gib"?: number | null;
    "gb-second"?: number | null;
    "free-gb-seconds"?: number | null;
    "free-executions"?: number | null;
    "million-executions"?: number | null;
    "ready-gb-month"?: number | null;
    "ready-gb-second"?: number | null;
    "blob-gb"?: number | null;
    "blob-write-10k"?: number | null;
    "blob-read-10k"?: number | null;
    "log-gb"?: number | null;
    "free-log-gb"?: number | null;
    "log-alert"?: number | null;
    "metric-alert"?: number | null;
    "web-free"?: number | null;
    "web-standard"?: number | null;
  } | null;
  /** Of what is billed and not measured. */
  sizes?: {
    "instance-gb"?: number | null;
    "always-ready"?: number | null;
    "database-gib"?: number | null;
    "blob-gb"?: number | null;
    "log-gb"?: number | null;
    "log-alerts"?: number | null;
    "metric-alerts"?: number | null;
    "web-standard"?: number | null;
  } | null;
};

export type Prices = {
  /** 0 before they were first written. */
  version: number;
  updated_at: string | null;
  settings: Record<string, unknown>;
  /** Of every price. */
  currency: string;
  region: string;
  /** When the defaults were looked up. */
  date: string;
  prices: Price[];
  sizes: BilledSize[];
};

export type Problem = {
  /** `urn:recommender-shop:problem:` and a stable word. */
  type: string;
  title: string;
  status: number;
  /** What is wrong and what would be right. */
  detail: string;
  /** The path asked for. */
  instance?: string;
  /** Names the lines of the log. */
  request_id?: string;
  errors?: {
    /** JSON pointer into the body. */
    pointer?: string;
    parameter?: string;
    header?: string;
    setting?: string;
    detail: string;
  }[];
};

export type Product = {
  product_id: string;
  name: string;
  description: string;
  category: string;
  /** In major units, such as 12.99. */
  price: number;
  currency: string;
  stock: number;
  /** Whether it can be bought now. */
  in_stock: boolean;
  /** Whether the shop offers it. */
  active: boolean;
  /** Address of a picture. */
  image: string;
  metadata: Record<string, unknown>;
  rating_average: number | null;
  rating_count: number;
  purchase_count: number;
  created_at: string;
  updated_at: string;
};

export type ProductDeletion = {
  deleted: boolean;
  deactivated: boolean;
};

/** Counts over all matches. Each facet leaves its own filter out: it tells what another choice would give. */
export type ProductFacets = {
  categories: {
    name: string;
    count: number;
  }[];
  in_stock: {
    true: number;
    false: number;
  };
  price: {
    /** In major units, such as 12.99. */
    min: number | null;
    /** In major units, such as 12.99. */
    max: number | null;
    ranges: {
      /** In major units, such as 12.99. */
      from: number;
      /** In major units, such as 12.99. */
      to: number | null;
      count: number;
    }[];
  };
  rating: {
    /** At least. */
    stars: number;
    count: number;
  }[];
};

export type ProductImport = {
  /** Whether nothing was stored. */
  dry_run: boolean;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  results: {
    /** Of the body; null for a row that is right. */
    line: number | null;
    product_id: string | null;
    status: "created" | "updated" | "failed";
    errors: string[];
  }[];
};

export type ProductPage = {
  items: Product[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  facets: ProductFacets;
  /** What was searched for instead, when nothing matched. */
  corrected_search?: string;
};

export type ProductPatch = {
  name?: string;
  description?: string | null;
  category?: string;
  /** In major units with at most two decimals, such as 12.99. */
  price?: number;
  currency?: string | null;
  stock?: number | null;
  /** Whether the shop offers it. */
  active?: boolean | null;
  /** brand, tags, specs, image_url. */
  metadata?: Record<string, unknown> | null;
};

export type ProductReplacement = {
  name: string;
  description?: string | null;
  category: string;
  /** In major units with at most two decimals, such as 12.99. */
  price: number;
  currency?: string | null;
  stock?: number | null;
  /** Whether the shop offers it. */
  active?: boolean | null;
  /** brand, tags, specs, image_url. */
  metadata?: Record<string, unknown> | null;
};

export type QuarantinedUser = {
  /** null when the customer was erased since. */
  user_id: string | null;
  /** Why the lists could not be made. */
  reason: string;
};

export type QuarantinedUserList = {
  items: QuarantinedUser[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type RecommendationStep = {
  step: "candidates" | "rules" | "diversity" | "exploration" | "list";
  /** From 1; null when the product is not among the step's. */
  rank: number | null;
  /** The model's. */
  score: number | null;
  /** Products of the step. */
  products: number;
};

export type RecommendationTrace = {
  user_id: string;
  product_id: string;
  list: "discover" | "buy_again";
  /** What decided. */
  verdict: "listed" | "inactive" | "out_of_stock" | "excluded" | "hidden" | "bought" | "rated" | "not_bought" | "unknown" | "no_score" | "outscored" | "diversity" | "exploration" | "displaced";
  /** The verdict in a sentence. */
  reason: string;
  /** What would have to change; null for a product that is listed. */
  remedy: string | null;
  /** Whether the model was fitted with the product. */
  known: boolean;
  steps: RecommendationStep[];
  generation: number;
  model_version: string;
  algorithm: string;
  /** Whether the list that is served now is the one traced here; null when none is. */
  served: boolean | null;
  /** When the list that is served was made. */
  served_since: string | null;
};

export type Recommendations = {
  user_id: string;
  list: "discover" | "buy_again";
  items: RecommendedProduct[];
  /** Send it with the events that follow from this answer. */
  request_id: string;
  generation: number | null;
  model_version: string | null;
  generated_at: string | null;
  source: "cache" | "computed" | "popular" | "session";
  based_on?: "preferences" | "segment" | "popular";
  stale: boolean;
  /** `default`, or the user's arm of the running experiment. */
  variant: string;
  /** The experiment that this answer counts in. */
  experiment: number | null;
};

export type RecommendedProduct = {
  product_id: string;
  name: string;
  category: string;
  /** In major units, such as 12.99. */
  price: number;
  currency: string;
  in_stock: boolean;
  /** Address of a picture. */
  image: string;
  score: number;
  /** Drawn by chance to learn from the answer. */
  explored: boolean;
  propensity?: number;
  reason: string;
  evidence: {
    product_id: string;
    name: string;
    /** Of the score. */
    share: number;
    occurred_at: string | null;
  }[];
};

export type RecommenderPreview = {
  generation: number;
  model_version: string;
  algorithm: string;
  customers: PreviewedCustomer[];
  /** Customers whose list differs. */
  changed: number;
  /** Share of a list's products that it keeps. */
  mean_overlap: number;
  before: PreviewFigures;
  after: PreviewFigures;
  /** False when there was no time for every customer. */
  complete: boolean;
  /** What these lists cannot show. */
  notes: string[];
};

export type RecommenderPreviewRequest = {
  settings: RecommenderSettings;
  /** Whose lists; without it some with long histories, with short ones and without any. */
  users?: string[] | null;
};

export type RecommenderSettings = {
  /** In order of preference, each once. */
  candidates?: (("popularity" | "trending" | "user_knn" | "user_knn_cosine" | "item_knn" | "item_knn_cosine" | "item_knn_tfidf" | "item_knn_sparse" | "sar" | "rp3beta" | "svd" | "als" | "als_untuned" | "ease" | "edlae" | "ease_als" | "ease_time" | "ease_content" | "ease_demand" | "session" | "content" | "hybrid") | {
    name: "popularity" | "trending" | "user_knn" | "user_knn_cosine" | "item_knn" | "item_knn_cosine" | "item_knn_tfidf" | "item_knn_sparse" | "sar" | "rp3beta" | "svd" | "als" | "als_untuned" | "ease" | "edlae" | "ease_als" | "ease_time" | "ease_content" | "ease_demand" | "session" | "content" | "hybrid";
    parameters?: Record<string, number> | null;
  })[] | null;
  ranking?: {
    list_length?: number | null;
    /** 1 keeps the order of scores. */
    diversity?: number | null;
    /** Share of positions that are drawn by chance. */
    exploration?: number | null;
    min_price?: number | null;
    max_price?: number | null;
    excluded_products?: string[] | null;
    excluded_categories?: string[] | null;
    /** Of exploration. */
    seed?: number | null;
  } | null;
  evaluation?: {
    /** Models are judged again after so long. */
    interval_seconds?: number | null;
    /** Or when so many more events have come, as a share. */
    growth?: number | null;
    max_users?: number | null;
    min_users?: number | null;
  } | null;
};

export type RecordedInteractions = {
  /** New events. */
  recorded: number;
  /** Events that had been sent before. */
  duplicates: number;
  /** In the order of the request. */
  event_ids: string[];
};

export type RelatedList = {
  items: RelatedProduct[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
  /** What the first product comes from. */
  source: "baskets" | "similarity" | "content" | "popular";
  /** Null when no model took part. */
  model_version: string | null;
  /** Send it with the events that follow from this answer. */
  request_id: string;
};

export type RelatedProduct = {
  product_id: string;
  name: string;
  category: string;
  /** In major units, such as 12.99. */
  price: number;
  currency: string;
  in_stock: boolean;
  /** Address of a picture. */
  image: string;
  /** Comparable among products of one source. */
  score: number;
  source: "baskets" | "similarity" | "content" | "popular";
  reason: string;
  from: {
    product_id: string;
    name: string;
  };
  /** Of `baskets`: orders that held both. */
  order_count: number | null;
};

export type RunCost = {
  job_id: string;
  variant: string;
  started_at: string | null;
  completed_at: string | null;
  users: number;
  lists: number;
  cost: JobCost | null;
  /** Of those that the run made. */
  per_thousand_lists: number | null;
};

export type SampleRatioCheck = {
  chi_square: number;
  /** Of so large a χ² when nothing is wrong. */
  probability: number;
  mismatch: boolean;
};

export type SampleUser = {
  user_id: string;
  display_name: string | null;
  orders: number;
  favourite_category: string | null;
  /** A line about the user. */
  about: string;
};

export type SampleUserList = {
  items: SampleUser[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type Schedule = {
  /** 0 before they were first written. */
  version: number;
  updated_at: string | null;
  settings: Record<string, unknown>;
  /** The last run that wrote lists. */
  last_run_at: string | null;
  /** Whether a tick would start a run now. */
  due: boolean;
  /** Why it is due or not. */
  reason: string;
  /** Null when a run is due, or nothing decides when. */
  next_run_at: string | null;
  /** The next five, if events go on to come as they do. */
  next_runs: string[];
  last_tick_at: string | null;
  /** What it led to. */
  last_tick_outcome: string | null;
  skipped_ticks: SkippedTicks[];
};

export type ServiceObjectives = {
  /** Share of answers that are no error. */
  availability?: number | null;
  /** An answer is in time within so long. */
  latency_ms?: number | null;
  /** Share of answers that are in time. */
  latency_share?: number | null;
  /** Days that are counted. */
  window_days?: number | null;
};

export type ServingStep = {
  start: string;
  requests: number;
  /** Answers of 500 and more. */
  errors: number;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  /** Share of lists from the cache. */
  hit_rate: number | null;
  /** Lists by where they came from. */
  sources: Record<string, number>;
};

export type ServingStepList = {
  items: ServingStep[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};

export type Session = {
  /** For Authorization: Bearer. */
  token: string;
  token_type: "Bearer";
  expires_at: string;
  user: User;
};

export type Settings = {
  /** 0 before they were first written. */
  version: number;
  updated_at: string | null;
  settings: Record<string, unknown>;
};

export type SignedIn = {
  /** AUTH_MODE. */
  mode: "demo" | "jwt" | "swa";
  /** Null for nobody in particular. */
  user_id: string | null;
  is_admin: boolean;
  /** When the session ends. */
  expires_at: string | null;
  user: User | null;
};

/** Ticks in a row that started no full run for the same reason; the newest come first. */
export type SkippedTicks = {
  first_at: string;
  last_at: string;
  count: number;
  reason: string;
};

export type StoredDataSet = {
  folder: string;
  created_at: string | null;
  bytes: number;
};

export type StoredReport = {
  job_id: string;
  path: string;
  created_at: string;
  bytes: number;
};

export type TrendingList = {
  items: TrendingProduct[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
  window_seconds: number;
  /** The events in the window; or, when fewer than eight products have any, the purchases of all time. */
  based_on: "window" | "purchases";
  /** The database does not answer; this list is an earlier one. */
  stale?: boolean;
};

export type TrendingProduct = {
  product_id: string;
  name: string;
  category: string;
  /** In major units, such as 12.99. */
  price: number;
  currency: string;
  in_stock: boolean;
  /** Address of a picture. */
  image: string;
  /** Weight of the events in the window; 0 in a list by purchases. */
  score: number;
};

export type User = {
  user_id: string;
  email: string | null;
  display_name: string | null;
  preferences: Record<string, unknown>;
  segment: string | null;
  created_at: string | null;
};

export type UserChange = {
  email?: string | null;
  display_name?: string | null;
  /** Administrators only. */
  segment?: string | null;
};

/** What was removed, by place. */
export type UserErasure = {
  events: number;
  /** Of all generations and of those made on demand. */
  lists: number;
  users: number;
  /** Removed at once. */
  data_sets: string[];
  /** Removed at once. */
  models: string[];
  /** Rows that name the user, counted afterwards. */
  remaining: number;
  /** Removed by the next housekeeping. */
  remaining_data_sets: string[];
  /** Removed by the next housekeeping; the live one after the next full run, which is due. */
  remaining_models: string[];
};

export type UserList = {
  items: User[];
  /** Over all pages. */
  total: number;
  /** Null when the list was asked for by cursor. */
  page: number | null;
  page_size: number;
  /** Of the next page; null on the last one. */
  next_cursor: string | null;
  /** Null for this list. */
  facets: Record<string, unknown> | null;
};
