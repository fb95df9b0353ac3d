using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Waggle.Client;
using Waggle.Dialects;
using Waggle.Server.Http;

namespace Waggle.Server.Tests.Http;

public sealed class BasePathTests : IAsyncLifetime
{
    private const string Path = "/tools/waggle";

    private readonly string _folder = Directory.CreateTempSubdirectory("waggle-base-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private WaggleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await WaggleServer.StartAsync(new WaggleServerOptions { Port = 0, DataFolder = _folder, BasePath = Path });
        _http.BaseAddress = new Uri(_server.Url, "/");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_url_of_the_hub_has_the_base_path() => Assert.Equal(Path, _server.Url.AbsolutePath);

    [Theory]
    [InlineData("/api/v1/tasks")]
    [InlineData("/ui/")]
    [InlineData("/ui/icon.svg")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/metrics")]
    [InlineData("/health/ready")]
    [InlineData("/socket.io/?EIO=4&transport=polling")]
    [InlineData("/dialects/orchestrator-hub/health")]
    [InlineData("/")]
    public async Task Each_road_is_below_the_path_and_at_the_root_for_a_proxy_that_removes_it(string road)
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Path + road));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(road));
    }

    [Theory]
    [InlineData("/api/v1/nothing")]
    [InlineData("/other")]
    [InlineData("/toolswaggle/ui/")]
    [InlineData("/tools/waggles/ui/")]
    public async Task What_is_not_there_is_not_found(string path) => Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(path));

    [Theory]
    [InlineData("")]
    [InlineData(Path)]
    public async Task The_address_of_a_new_task_is_below_the_path(string below)
    {
        using var answer = await _http.PostAsJsonAsync($"{below}/api/v1/tasks", new { title = "Read" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.StartsWith($"{Path}/api/v1/tasks/", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(answer.Headers.Location.OriginalString));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Path)]
    public async Task A_client_of_waggle_v1_connects_below_the_path_and_at_the_root(string below)
    {
        await using var client = await WaggleClient.ConnectAsync(
            new WaggleClientOptions { Url = new Uri(_http.BaseAddress!, below) }, TestContext.Current.CancellationToken);
        Assert.NotNull(await client.CreateTaskAsync(new() { Title = "Read" }, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(Path, "waggle/ui/")]
    [InlineData($"{Path}/", "ui/")]
    [InlineData($"{Path}/ui", "ui/")]
    [InlineData("/", "ui/")]
    public async Task A_browser_is_sent_to_the_dashboard_by_an_address_that_holds_behind_any_proxy(string path, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_description_of_rest_names_paths_below_the_base_path()
    {
        var document = await _http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", TestContext.Current.CancellationToken);
        Assert.Contains(document.GetProperty("paths").EnumerateObject(), p => p.Name == $"{Path}/api/v1/tasks");
    }

    [Theory]
    [InlineData("waggle")]
    [InlineData("/")]
    [InlineData("/waggle/")]
    [InlineData("/a//b")]
    [InlineData("/a/../b")]
    [InlineData("/a b")]
    [InlineData("/{a}")]
    [InlineData("/ws")]
    [InlineData("/API/waggle")]
    public async Task A_hub_does_not_start_with_another_text(string path)
    {
        Assert.False(BasePath.IsOne(path));
        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            WaggleServer.StartAsync(new WaggleServerOptions { Port = 0, DataFolder = _folder, BasePath = path }, cancel: TestContext.Current.CancellationToken));
        Assert.Contains($"'{path}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_does_not_start_with_the_first_name_of_a_dialects_path()
    {
        var names = DialectTable.All.SelectMany(d => (IEnumerable<string>)[d.Path, d.OwnPath, .. d.MorePaths, .. d.Routes.Select(r => r.Pattern)])
            .Select(path => path.Split('/')[1]).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).ToArray();
        Assert.Contains("api", names);
        foreach (var name in names)
        {
            var options = new WaggleServerOptions { Port = 0, DataFolder = _folder, BasePath = $"/{name}" };
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => WaggleServer.StartAsync(options, cancel: TestContext.Current.CancellationToken));
            Assert.Contains($"'/{name}' is not a path", refused.Message, StringComparison.Ordinal);
        }
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await _http.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
