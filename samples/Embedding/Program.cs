using Waggle.Client;
using Waggle.Server;

// A web application with a hub at /waggle and a worker of its own.
var builder = WebApplication.CreateBuilder(args);
builder.AddWaggle(new WaggleServerOptions { DataFolder = builder.Configuration["Data"] ?? "waggle-data" });

var app = builder.Build();
app.MapGet("/", () => "The hub is at /waggle.");
app.MapWaggle();
await app.StartAsync();

var hub = new Uri($"{app.Urls.First()}/waggle");
var handlers = new TaskHandlers().Handle("upper", (string text, TaskWork work, CancellationToken cancel) => ValueTask.FromResult(text.ToUpperInvariant()));
await using var worker = await WaggleWorker.StartAsync(new WaggleWorkerOptions { Url = hub, AgentId = "upper" }, handlers);
await app.WaitForShutdownAsync();
