// Writes the application as the README tells a reader to: each fenced block after a comment <!-- file: PATH --> is a
// file, and the one after <!-- dependency --> goes into the pom that start.spring.io would have made.
def text = new File(readme as String).getText('UTF-8')

def files = (text =~ /(?s)<!-- file: (\S+) -->\s*```[a-z]+\n(.*?)```/).collect { [it[1], it[2]] }
assert files.size() >= 2 : "The README has no blocks marked <!-- file: PATH -->"
files.each { path, content ->
    def file = new File(basedir, path as String)
    file.parentFile.mkdirs()
    file.setText(content as String, 'UTF-8')
}

def dependency = text =~ /(?s)<!-- dependency -->\s*```xml\n(.*?)```/
assert dependency.find() : "The README has no block marked <!-- dependency -->"
// The plugin may have filtered the pom into a copy already.
['pom.xml', 'interpolated-pom.xml'].collect { new File(basedir, it) }.findAll { it.exists() }.each { pom ->
    pom.setText(pom.getText('UTF-8').replace("<!-- the README's dependency -->", dependency.group(1)), 'UTF-8')
}
return true
