using Npgsql;
using Waggle.Core.Ports;

namespace Waggle.Storage.Postgres.Connections;

/// <summary>Reads the text that names a database: a connection string of Npgsql, or a URL.</summary>
internal static class ConnectionText
{
    private const string Example = "for example Host=db;Username=waggle;Password=…;Database=waggle, or postgres://waggle:…@db/waggle.";

    /// <exception cref="StoreException">The text names no database.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            var builder = IsUrl(text) ? FromUrl(new Uri(text)) : new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(builder.Host)) throw new StoreException($"The connection string of PostgreSQL names no host: {Example}");
            builder.ApplicationName ??= "waggle";
            return builder;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
        {
            // The text is not quoted, because it may contain a password.
            throw new StoreException($"The connection string of PostgreSQL cannot be read: {e.Message} It is {Example}", e);
        }
    }

    /// <summary>Returns the database for messages, without a password.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder builder) =>
        $"database '{builder.Database ?? builder.Username}' of {(builder.Host!.StartsWith('/') ? builder.Host : $"{builder.Host}:{builder.Port}")}";

    private static bool IsUrl(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var builder = new NpgsqlConnectionStringBuilder { Host = url.Host };
        if (url.Port > 0) builder.Port = url.Port;
        if (url.AbsolutePath.Length > 1) builder.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) builder.Password = Uri.UnescapeDataString(user[1]);
        foreach (var parameter in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = parameter.Split('=', 2);
            var value = pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "";
            // The names of libpq differ from those of Npgsql in these.
            var name = pair[0] switch
            {
                "sslmode" => "SSL Mode",
                "sslrootcert" => "Root Certificate",
                "application_name" => "Application Name",
                var same => same,
            };
            builder[name] = pair[0] == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }

        return builder;
    }
}
