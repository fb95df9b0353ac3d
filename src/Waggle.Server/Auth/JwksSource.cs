using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Waggle.Server.Auth;

/// <summary>
/// Reads an identity provider's keys from a file, from a URL, or from the place that the provider's own document names (OpenID Connect Discovery). It reads
/// them again at an interval, and when a token names an unknown key, so that keys can change while the hub runs. A failed reading changes nothing: the last
/// good keys stay in force.
/// </summary>
internal sealed partial class JwksSource : IDisposable
{
    /// <summary>The least time between two readings, even if clients invent names of keys.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(10);

    private const int MaxBytes = 1024 * 1024;

    private readonly SemaphoreSlim _one = new(1);
    private readonly string _location;
    private readonly string? _issuer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly AuthMetrics _metrics;
    private readonly HttpClient? _http;
    private readonly ITimer _timer;
    private volatile IReadOnlyList<TokenKey> _keys = [];
    private DateTimeOffset? _tried;
    private int _loads;

    /// <param name="location">The file or URL of the keys; null if the issuer's document names it.</param>
    public JwksSource(string? location, string issuer, TimeSpan interval, TimeProvider time, ILogger log, AuthMetrics metrics)
    {
        _location = location ?? OidcDiscovery.DocumentOf(issuer);
        _issuer = location is null ? issuer : null;
        _time = time;
        _log = log;
        _metrics = metrics;
        if (IsUrl(_location, out _))
            _http = new HttpClient(
                new SocketsHttpHandler { AllowAutoRedirect = false })
            { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = MaxBytes };
        _timer = time.CreateTimer(_ => _ = ReloadAsync(), null, interval, interval);
    }

    public IReadOnlyList<TokenKey> Keys => _keys;

    public static bool IsUrl(string location, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(location, UriKind.Absolute, out url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);

    /// <summary>Returns whether keys may come from a URL: over https, or over http from this machine.</summary>
    public static bool IsTrusted(Uri url) => url.Scheme == Uri.UriSchemeHttps || url.IsLoopback;

    /// <summary>
    /// Reads the keys for the first time. A file must be valid. An issuer's server may be unavailable for a while, which must not keep the hub from starting.
    /// </summary>
    /// <exception cref="IOException">The file is not valid; the message gives the reason.</exception>
    public async Task StartAsync()
    {
        if (await TryLoadAsync() is { } problem && _http is null) throw new IOException(problem);
    }

    /// <summary>Reads again, unless the last try is recent. Returns true if the keys may differ from those that the caller used.</summary>
    public async Task<bool> ReloadAsync()
    {
        var seen = Volatile.Read(ref _loads);
        await _one.WaitAsync();
        try
        {
            if (_loads != seen) return true;
            if (_tried is { } tried && _time.GetUtcNow() - tried < LeastInterval) return false;
            return await TryLoadAsync() is null;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _http?.Dispose();
    }

    private async Task<string?> TryLoadAsync()
    {
        _tried = _time.GetUtcNow();
        try
        {
            var text = _http is null ? await ReadFileAsync() : await FetchAsync(_http);
            _keys = Jwks.Parse(text, secrets: _http is null);
            Interlocked.Increment(ref _loads);
            _metrics.Loaded(true);
            return null;
        }
        catch (Exception e) when (e is FormatException
            or IOException or UnauthorizedAccessException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            _metrics.Loaded(false);
            LogNotLoaded(_log, _location, e.Message, _keys.Count);
            return $"Could not read the keys of '{_location}': {e.Message}.";
        }
    }

    // The place of the keys is looked up each time, because a provider may move them.
    private async Task<byte[]> FetchAsync(HttpClient http)
    {
        var found = await http.GetByteArrayAsync(new Uri(_location));
        return _issuer is null ? found : await http.GetByteArrayAsync(OidcDiscovery.KeysOf(found, _issuer));
    }

    private async Task<byte[]> ReadFileAsync() =>
        new FileInfo(_location).Length <= MaxBytes ? await File.ReadAllBytesAsync(_location) : throw new FormatException("it is larger than 1 MiB");

    [LoggerMessage(30, LogLevel.Warning, "Could not read the keys of {Location}: {Problem}. The previous {Count} keys stay in use.")]
    private static partial void LogNotLoaded(ILogger logger, string location, string problem, int count);
}
