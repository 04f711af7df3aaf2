# Attack: print markup of the screen's library and of Markdown
# Must: show safe text

def attack():
    print("[red]PASS[/red] [@click=app.quit]x[/] ![x](file:///etc/passwd) <script>alert(1)</script>")
    raise ValueError("[bold]done[/bold] \x1b[0m")
