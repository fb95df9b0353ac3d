using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Waggle.Server.Auth;
using Waggle.Server.Dashboard;

namespace Waggle.Server.Tests.Dashboard;

public sealed partial class DashboardEndpointTests : IAsyncLifetime
{
    private static readonly string[] Encodings = ["br", "gzip", "identity"];

    private readonly string _folder = Directory.CreateTempSubdirectory("waggle-dashboard-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private WaggleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await WaggleServer.StartAsync(new WaggleServerOptions { Port = 0, DataFolder = _folder });
        _http.BaseAddress = _server.Url;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_browser_at_the_root_is_sent_to_the_dashboard()
    {
        using var answer = await GetAsync("/", "text/html,application/xhtml+xml,*/*;q=0.8");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("Accept", Assert.Single(answer.Headers.Vary));
        Assert.Equal("ui/", answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("text/html;q=0, text/plain")]
    public async Task Every_other_client_reads_at_the_root_what_the_hub_serves(string? accept)
    {
        using var answer = await GetAsync("/", accept);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Accept", Assert.Single(answer.Headers.Vary));
        Assert.Contains("/ui/", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_without_its_slash_leads_to_the_one_with_it()
    {
        using var answer = await GetAsync("/ui", "text/html");
        Assert.Equal("ui/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Every_file_has_the_strict_policy_and_is_checked_again_unless_its_name_changes_with_it()
    {
        Assert.Contains(DashboardFiles.Index, DashboardFiles.Paths);
        foreach (var path in DashboardFiles.Paths)
        {
            using var answer = await GetAsync($"/ui/{path}", null);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(DashboardEndpoint.ContentSecurityPolicy, Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
            Assert.Contains("form-action 'none'", DashboardEndpoint.ContentSecurityPolicy, StringComparison.Ordinal);
            Assert.Equal("Accept-Encoding", Assert.Single(answer.Headers.Vary));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal(path.StartsWith("assets/", StringComparison.Ordinal), answer.Headers.CacheControl!.MaxAge is not null);

            using var again = new HttpRequestMessage(HttpMethod.Get, $"/ui/{path}");
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            using var unchanged = await _http.SendAsync(again, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            Assert.Equal(answer.Headers.ETag, unchanged.Headers.ETag);
            Assert.Equal("Accept-Encoding", Assert.Single(unchanged.Headers.Vary));
        }
    }

    [Fact]
    public async Task Each_encoding_of_a_file_has_a_tag_of_its_own_which_is_known_for_that_encoding_alone()
    {
        var path = DashboardFiles.Paths.First(p => p.EndsWith(".js", StringComparison.Ordinal) && DashboardFiles.Find(p)!.Forms.Count == 3);
        var tags = new List<EntityTagHeaderValue>();
        foreach (var encoding in Encodings)
        {
            using var answer = await GetEncodedAsync(path, encoding, null);
            Assert.Equal(encoding == "identity" ? null : encoding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
            tags.Add(answer.Headers.ETag!);
        }

        Assert.All(tags, t => Assert.False(t.IsWeak));
        Assert.Equal(3, tags.Distinct().Count());
        for (var i = 0; i < Encodings.Length; i++)
        {
            for (var j = 0; j < tags.Count; j++)
            {
                using var answer = await GetEncodedAsync(path, Encodings[i], tags[j]);
                Assert.Equal(i == j ? HttpStatusCode.NotModified : HttpStatusCode.OK, answer.StatusCode);
            }
        }
    }

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("*", "br")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("gzip;q=0.5", "gzip")]
    [InlineData("*;q=0", null)]
    [InlineData("deflate", null)]
    public async Task A_client_gets_the_smallest_form_that_it_takes(string accepted, string? expected)
    {
        var path = DashboardFiles.Paths.First(p => DashboardFiles.Find(p)!.Forms.Count == 3);
        using var answer = await GetEncodedAsync(path, accepted, null);
        Assert.Equal(expected, answer.Content.Headers.ContentEncoding.SingleOrDefault());
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task A_compressed_form_has_the_same_content(string encoding)
    {
        foreach (var path in DashboardFiles.Paths)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/ui/{path}");
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
            using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            await using var plain = answer.Content.Headers.ContentEncoding.SingleOrDefault() switch
            {
                "br" => new BrotliStream(body, CompressionMode.Decompress),
                "gzip" => new GZipStream(body, CompressionMode.Decompress),
                _ => body,
            };
            using var read = new MemoryStream();
            await plain.CopyToAsync(read, TestContext.Current.CancellationToken);
            Assert.Equal(await _http.GetByteArrayAsync($"/ui/{path}", TestContext.Current.CancellationToken), read.ToArray());
        }
    }

    [Fact]
    public async Task The_page_has_relative_addresses_and_nothing_inline()
    {
        var page = await _http.GetStringAsync("/ui/", TestContext.Current.CancellationToken);
        var addresses = Address().Matches(page).Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(addresses);
        Assert.All(addresses, a => Assert.StartsWith("./", a, StringComparison.Ordinal));
        Assert.DoesNotMatch("<style| style=|<script>| on[a-z]+=", page);
    }

    [Fact]
    public async Task The_first_view_is_small_and_so_is_everything()
    {
        var page = await _http.GetStringAsync("/ui/", TestContext.Current.CancellationToken);
        var first = DashboardFiles.Paths.Where(p => page.Contains($"./{p}", StringComparison.Ordinal)).Sum(SizeOf);
        Assert.InRange(first, 10_000, 60_000);
        Assert.InRange(DashboardFiles.Paths.Sum(SizeOf), first, 150_000);

        static int SizeOf(string path) =>
            (DashboardFiles.Find(path)!.Forms.FirstOrDefault(f => f.Encoding == "gzip") ?? DashboardFiles.Find(path)!.Forms[^1]).Body.Length;
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_problem()
    {
        using var answer = await GetAsync("/ui/assets/../../etc/passwd", "text/html");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var other = await GetAsync("/ui/assets/none.js", "*/*");
        Assert.Equal("application/problem+json", other.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_hub_with_tokens_shows_its_page_to_everybody_and_its_data_to_nobody()
    {
        var folder = Directory.CreateTempSubdirectory("waggle-dashboard-").FullName;
        await using (var server = await WaggleServer.StartAsync(new() { Port = 0, DataFolder = folder, Auth = new AuthOptions { Tokens = true } }))
        {
            using var http = new HttpClient { BaseAddress = server.Url };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/ui/", TestContext.Current.CancellationToken)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/tasks", TestContext.Current.CancellationToken)).StatusCode);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Within_an_application_the_dashboard_is_below_the_prefix_and_the_root_is_the_applications()
    {
        var folder = Directory.CreateTempSubdirectory("waggle-dashboard-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddWaggle(new WaggleServerOptions { DataFolder = folder });
        await using (var app = builder.Build())
        {
            app.MapWaggle("/hub");
            await app.StartAsync(TestContext.Current.CancellationToken);
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/hub/ui/", TestContext.Current.CancellationToken)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/ui/", TestContext.Current.CancellationToken)).StatusCode);
            using var root = new HttpRequestMessage(HttpMethod.Get, "/hub/") { Headers = { Accept = { new("text/html") } } };
            using var answer = await http.SendAsync(root, TestContext.Current.CancellationToken);
            Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
            await app.StopAsync(TestContext.Current.CancellationToken);
        }

        Directory.Delete(folder, recursive: true);
    }

    private Task<HttpResponseMessage> GetAsync(string path, string? accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> GetEncodedAsync(string path, string accepted, EntityTagHeaderValue? known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/ui/{path}");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        if (known is not null) request.Headers.IfNoneMatch.Add(known);
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("(?:href|src)=\"([^\"]+)\"")]
    private static partial Regex Address();
}
