using System.CommandLine;
using System.Reflection;
using Spectre.Console;
using Waggle.Client;

namespace Waggle.Shared;

/// <summary>One run of a command against a hub.</summary>
internal sealed class HubCall(ParseResult parse, Uri url, string? token, bool json) : IAsyncDisposable
{
    // A hub that is starting gets a moment; a hub that was reachable and restarts gets longer.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(15);

    private WaggleClient? _client;

    public static string ClientName { get; } =
        $"waggle-cli/{typeof(HubCall).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0"}";

    public Uri Url => url;

    /// <summary>The token. Never print it.</summary>
    public string? Token => token;

    public Printer Print { get; } = new(json);

    public Interrupt Interrupt { get; } = new();

    public RetryWindow RetryWindow { get => field ??= new RetryWindow(First, Later, Interrupt.Asked); private set; }

    /// <summary>Cancelled when the user interrupts or the hub is away for too long.</summary>
    public CancellationToken Cancel => RetryWindow.Token;

    /// <summary>Called when the hub is away (true) or back (false). A view that draws on the terminal sets it to replace the line on standard error.</summary>
    public Action<bool>? OnLink { get; set; }

    /// <summary>Whether the output is a terminal to redraw, and the options permit that.</summary>
    public bool IsLive(bool plain) => !plain && !json && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    public T Get<T>(Option<T> option) => parse.GetValue(option)!;

    public T Get<T>(Argument<T> argument) => parse.GetValue(argument)!;

    /// <summary>Whether the user has given the option.</summary>
    public bool Has(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>Makes a connected command wait for the hub without a limit. Call it before all other members.</summary>
    public void BePatient() => RetryWindow = new RetryWindow(First, Timeout.InfiniteTimeSpan, Interrupt.Asked);

    /// <param name="patient">Whether a connected command waits for the hub without a limit, and reports that.</param>
    public async Task<WaggleClient> ConnectAsync(bool patient = false)
    {
        if (patient) BePatient();
        var said = 0;
        var options = new WaggleClientOptions
        {
            Url = url,
            Token = token,
            ClientName = ClientName,
            OnConnected = _ =>
            {
                RetryWindow.Connected();
                if (Interlocked.Exchange(ref said, 0) != 0) Say(away: false, "waggle: reconnected to the hub.");
            },
            OnDisconnected = trouble =>
            {
                RetryWindow.Disconnected(trouble);
                if (patient && _client is not null && Interlocked.Exchange(ref said, 1) == 0)
                {
                    Say(away: true, "waggle: lost the connection to the hub; reconnecting.");
                }

            },
        };
        ConnectTimeout.Apply(options);
        return _client = await WaggleClient.ConnectAsync(options, Cancel);
    }

    private void Say(bool away, string text)
    {
        if (OnLink is { } link) link(away);
        else Printer.Note(text);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        RetryWindow.Dispose();
        Interrupt.Dispose();
    }
}
