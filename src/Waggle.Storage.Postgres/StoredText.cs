using System.Text;

namespace Waggle.Storage.Postgres;

/// <summary>
/// The stored form of texts. PostgreSQL takes no NUL in a text, so a NUL, and the escape character itself, are written as the escape character and a letter.
/// All other texts are stored as they are.
/// </summary>
internal static class StoredText
{
    private const char Escape = '\u001b';

    public static string From(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0) text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return text.AsSpan().IndexOfAny('\0', Escape) < 0 ? text : text.Replace($"{Escape}", $"{Escape}e").Replace("\0", $"{Escape}0");
    }

    public static string To(string stored) =>
        stored.Contains(Escape) ? stored.Replace($"{Escape}0", "\0").Replace($"{Escape}e", $"{Escape}") : stored;
}

/// <summary>Converts times to and from the stored form, microseconds since 1970.</summary>
internal static class Micros
{
    public static long From(DateTimeOffset time) =>
        // The conversion rounds down, also before 1970.
        (time.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset ToTime(long micros) => new(DateTime.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
