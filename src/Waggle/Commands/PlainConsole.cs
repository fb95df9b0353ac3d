using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Waggle.Protocol.Json;

namespace Waggle.Commands;

/// <summary>
/// The log as text, one line per entry. Names, addresses and reasons come from clients, so <see cref="PlainText.OneLine"/> replaces the characters that would
/// act on a terminal or begin another line. The framework's own formatter then adds level and colour.
/// </summary>
internal sealed class PlainConsole(IServiceProvider services) : ConsoleFormatter(FormatterName)
{
    private const string FormatterName = "waggle";

    // Resolved late, because the framework's formatter is in the same list as this one.
    private readonly Lazy<ConsoleFormatter> _inner = new(() => services.GetServices<ConsoleFormatter>().Single(f => f.Name == ConsoleFormatterNames.Simple));

    public static void AddTo(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.AddSingleton<ConsoleFormatter, PlainConsole>();
        logging.AddConsole((ConsoleLoggerOptions console) => console.FormatterName = FormatterName);
    }

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (logEntry.Exception is { } exception) text = $"{text} {exception}";
        var plain =
            new LogEntry<string>(logEntry.LogLevel, logEntry.Category, logEntry.EventId, PlainText.OneLine(text), exception: null, static (line, _) => line);
        _inner.Value.Write(plain, scopeProvider, textWriter);
    }
}
