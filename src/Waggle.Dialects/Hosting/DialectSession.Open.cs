using Waggle.Core;

namespace Waggle.Dialects.Hosting;

public sealed partial class DialectSession
{
    private readonly HandshakeRequest _handshake;
    private IDisposable? _beats;

    /// <summary>The foreign dialect that it speaks; null: waggle.v1.</summary>
    public DialectEntry? Entry { get; private set; }

    private ValueTask<bool> OpenAsync()
    {
        _intents.Clear();
        Open(_intents);
        return _intents.Count == 0 ? new(true) : OpenWithAsync();
    }

    private async ValueTask<bool> OpenWithAsync()
    {
        if (await PerformAllAsync())
        {
            _connection.Flush();
            return true;
        }

        // What was said comes with the close; its client is read until it has left.
        StopTaking();
        return false;
    }

    private void Open(List<Intent> intents)
    {
        var opening =
            new Opening(_handshake, _credential, _host.Authenticator.Required, _host.Time.GetUtcNow, _host.Hub, _host.Hive.Options.Hive, Id, _host.Hive.Head);
        _greeted |= _dialect.Open(opening, intents);
    }

    private void Speak(DialectEntry entry)
    {
        Entry = entry;
        Client = entry.Name;
        _beats?.Dispose();
        _beats = entry.Broadcasts.Count == 0 ? null : _host.Broadcasts.Listen(entry.Broadcasts);
    }

    // Between two frames of the client, before any subscription: nobody else looks at these.
    private void Become(BecomeIntent become)
    {
        _dialect = become.Entry.Create();
        _connection.Renderer = _dialect.Renderer;
        Speak(become.Entry);
        var more = new List<Intent>();
        Open(more);

        // It has been greeted.
        _intents.AddRange(more.Where(i => i is not ReplyIntent));
        _dialect.Read(become.FirstWords.Span, _principal, _intents);
    }

    private void ActAs(string subject)
    {
        if (!_host.Authenticator.Required) Admit(_credential with { Principal = Principal.Anybody(_host.Hive.Options.Hive, subject) });
    }
}
